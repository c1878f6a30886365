"""Format amounts as text."""

from __future__ import annotations

_UNITS = ("B", "kB", "MB", "GB", "TB")


def size(count: float) -> str:
    """Return bytes as ``12.3 MB``, in decimal units, as for disks and networks."""
    for unit in _UNITS[:-1]:
        if abs(count) < 999.5:
            return _quantity(count, unit)
        count /= 1000
    return _quantity(count, _UNITS[-1])


def _quantity(count: float, unit: str) -> str:
    return f"{count:.1f} {unit}" if count < 99.95 and unit != "B" else f"{count:.0f} {unit}"


def count_of(count: int, noun: str) -> str:
    """Return a number of something, as ``1 package`` or ``3 packages``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
