"""Rates, by a clock of the test's own."""

from __future__ import annotations

from jupyter_envkernels.jobs.rate import Rate


def test_the_rate_is_that_of_the_last_seconds() -> None:
    pace = Rate()
    assert pace.rate(0, 100.0) is None
    assert pace.rate(10, 100.2) is None
    assert pace.rate(100, 101.0) == 100.0
    rates = [pace.rate(100 + 10 * second, 101.0 + second) for second in range(1, 8)]
    assert rates[-1] == 10.0


def test_what_stands_still_has_no_pace() -> None:
    pace = Rate()
    pace.rate(5, 0.0)
    assert pace.rate(5, 3.0) == 0.0
