"""Times and ages as conda 26.9 reads them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from jupyter_envkernels.models import moment, parse_cutoff, shown_time

NOW = datetime(2026, 11, 30, 12, tzinfo=timezone.utc)

READ = {
    "0": NOW,
    "3600": NOW - timedelta(hours=1),
    "7d": NOW - timedelta(days=7),
    "3d12h": NOW - timedelta(days=3, hours=12),
    " 1W 30 m": NOW - timedelta(days=7, minutes=30),
    "P7D": NOW - timedelta(days=7),
    "p1dt2h3m4s": NOW - timedelta(days=1, hours=2, minutes=3, seconds=4),
    "20261101": NOW - timedelta(seconds=20261101),
    "2026-11-01": datetime(2026, 11, 2, tzinfo=timezone.utc),
    "2026-11-01T12:00:00Z": datetime(2026, 11, 1, 12, tzinfo=timezone.utc),
    "2026-11-01T12:00:00+02:00": datetime(2026, 11, 1, 10, tzinfo=timezone.utc),
    "2026-11-01 12:00": datetime(2026, 11, 1, 12, tzinfo=timezone.utc),
}


@pytest.mark.parametrize("text", READ)
def test_times_and_ages(text: str) -> None:
    assert moment(parse_cutoff(text), NOW) == READ[text]


@pytest.mark.parametrize(
    "text", ["", "-7d", "d", "7days", "7d x", "P", "PT", "P1Y", "1.5d", "2026-02-30", "9999-12-31", "40000d", "new"]
)
def test_what_is_neither(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        parse_cutoff(text)


def test_a_time_is_shown_to_the_minute() -> None:
    assert shown_time(READ["2026-11-01T12:00:00Z"]) == "2026-11-01 12:00 UTC"
