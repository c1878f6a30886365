"""Jobs that nobody has begun."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_envkernels.engine.operations import Create
from jupyter_envkernels.models import EnvSpec, Job


def a_job(**changes: Any) -> Job:
    """A job that waits, but for what is given."""
    request = Create("lesson", Path("/envs/lesson"), spec=EnvSpec())
    job = Job("20261121-093000-1f2e3d4c", request, 1, 1_800_000_000.0, state="queued")
    return replace(job, **changes)
