"""Read the times and ages after which packages are left out, as conda's ``exclude_newer`` has them."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone

Cutoff = datetime | timedelta
"""A time, or an age before the time at which packages are chosen."""

CUTOFF_FORMS = "a date such as 2026-11-01, a time such as 2026-11-01T12:00:00Z, or an age such as 7d, 12h or 1w"

_SECONDS = {"w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1}
_COMPACT = re.compile(r"(?:\d+\s*[wdhms]\s*)+", re.IGNORECASE)
_PART = re.compile(r"(\d+)\s*([wdhms])", re.IGNORECASE)
_ISO = re.compile(r"P(?=.)(\d+W)?(\d+D)?(?:T(?=.)(\d+H)?(\d+M)?(\d+S)?)?", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LONGEST = timedelta(days=36_500)


def parse_age(text: str) -> timedelta:
    """Return an age: ``7d``, ``3d12h``, ``P7D``, or a number of seconds.

    Raises:
        ValueError: it is none, or longer than 100 years.
    """
    text = text.strip()
    if not (text.isdecimal() or _COMPACT.fullmatch(text) or _ISO.fullmatch(text)):
        raise ValueError(text)
    parts = [(text, "s")] if text.isdecimal() else _PART.findall(text)
    seconds = sum(int(number) * _SECONDS[unit.lower()] for number, unit in parts)
    if seconds > _LONGEST.total_seconds():
        raise ValueError(text)
    return timedelta(seconds=seconds)


def parse_cutoff(text: str) -> Cutoff:
    """Return a time or an age. A date is the end of that day; times without a zone are in UTC.

    Raises:
        ValueError: it is neither.
    """
    text = text.strip()
    try:
        return parse_age(text)
    except ValueError:
        pass
    try:
        if _DAY.fullmatch(text):
            return datetime.combine(date.fromisoformat(text) + timedelta(days=1), time(), timezone.utc)
        found = datetime.fromisoformat(re.sub(r"Z\Z", "+00:00", text, flags=re.IGNORECASE))
        return found.replace(tzinfo=timezone.utc) if found.tzinfo is None else found.astimezone(timezone.utc)
    except OverflowError as error:
        raise ValueError(text) from error


def moment(cutoff: Cutoff, now: datetime) -> datetime:
    """Return the time of a cut-off."""
    return cutoff if isinstance(cutoff, datetime) else now - cutoff


def shown_time(moment: datetime) -> str:
    """Return a time as ``2026-11-01 12:00 UTC``."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"
