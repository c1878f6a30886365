"""Verbs that show environments."""

from __future__ import annotations

from argparse import Namespace

from ..documents import environment_json
from ..models import Environment
from .answer import Answer
from .doors import open_catalog


def show(_: Namespace) -> Answer:
    """``list``."""
    found = open_catalog().environments()
    rows = [f"{environment.name:24} {_offer(environment):40} {environment.prefix}" for environment in found]
    return Answer({"environments": [environment_json(environment) for environment in found]}, "\n".join(rows))


def _offer(environment: Environment) -> str:
    """The kernels of an environment, or why it has none."""
    kernels = ", ".join(kernel.id for kernel in environment.kernels)
    return kernels or (f"({environment.problem.message})" if environment.problem else "")
