"""Limits of several sources: the strictest of each holds."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from jupyter_envkernels.models import Limits

STRICTER: dict[str, tuple[Any, Any, Any]] = {
    "allowed_channels": (("a", "b"), ("b", "c"), ("b",)),
    "denied_packages": (("a", "b"), ("b", "c"), ("a", "b", "c")),
    "denied_variables": (("A*",), ("B",), ("A*", "B")),
    "allow_pip": (True, False, False),
    "max_environments": (3, 2, 2),
    "max_total_bytes": (9, 8, 8),
    "max_packages": (0, 2, 2),
    "max_environment_bytes": (5, 0, 5),
    "min_free_bytes": (5, 7, 7),
    "min_package_age": (60, 0, 60),
    "pip_indexes": (("a", "b"), ("b",), ("b",)),
    "max_machine_jobs": (4, 3, 3),
    "machine_jobs_dir": ("/a", "/b", "/a"),
    "max_concurrent_jobs": (2, 1, 1),
    "max_queued_jobs": (0, 5, 5),
    "job_timeout": (60, 90, 60),
    "allow_trust": (False, True, False),
    "message": ("Ask us.", "Write to it@example.org.", "Ask us. Write to it@example.org."),
    "files": (("/a",), ("/b",), ("/a", "/b")),
}


def test_each_limit_knows_how_it_becomes_stricter() -> None:
    assert set(STRICTER) == {each.name for each in fields(Limits)}
    for name, (one, other, both) in STRICTER.items():
        assert getattr(Limits(**{name: one}).stricter(Limits(**{name: other})), name) == both, name
        assert Limits(**{name: one}).stricter(Limits()) == Limits(**{name: one}), "what is not set changes nothing"
        assert Limits().stricter(Limits(**{name: one})) == Limits(**{name: one})


def test_lists_without_anything_in_common_do_not_become_a_list_that_allows_everything() -> None:
    with pytest.raises(ValueError, match="allowed_channels"):
        Limits(allowed_channels=("a",)).stricter(Limits(allowed_channels=("b",)))
