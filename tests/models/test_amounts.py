"""Amounts as words."""

from __future__ import annotations

import pytest

from jupyter_envkernels.models import count_of, size


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (12_345_678, "12.3 MB"),
        (99_960_000, "100 MB"),
        (999_600, "1.0 MB"),
        (3.2e12, "3.2 TB"),
        (4e15, "4000 TB"),
    ],
)
def test_size(count: float, words: str) -> None:
    assert size(count) == words


def test_one_and_several() -> None:
    assert [count_of(count, "package") for count in (0, 1, 2)] == ["0 packages", "1 package", "2 packages"]
