"""Channels that may cost money: Anaconda's own, under whichever name."""

from __future__ import annotations

from collections.abc import Iterable

from ..models import Problem
from .remarks import shown

_ANACONDA = ("defaults", "anaconda", "main", "r", "msys2")


def terms_of_service(channels: Iterable[str], *, configured: bool = False) -> Problem | None:
    """What is to be said of the first channel of Anaconda's among these; None where there is none.

    Args:
        channels: names or URLs.
        configured: they come from the configuration, for a spec that names none.
    """
    found = next((channel for channel in channels if channel in _ANACONDA or "repo.anaconda.com/pkgs" in channel), None)
    if found is None:
        return None
    message = f"'{shown(found)}' is Anaconda's channel; its terms of service ask larger organisations to pay."
    remedy = "Use 'conda-forge' alone, with 'nodefaults' beside it, unless you have a licence."
    if configured:
        message = f"The spec names no channel, so that the configured ones are used. {message}"
        remedy = "Add the lines 'channels:' and '  - conda-forge' to the spec, unless you have a licence."
    return Problem("terms-of-service", message, remedy)
