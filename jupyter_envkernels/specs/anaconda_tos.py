"""Warn about channels of Anaconda, whose terms of service ask larger organisations to pay."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

from ..models import Diagnostic, Problem
from .remarks import Text, remark, shown

_NAMES = ("defaults", "anaconda", "main", "r", "msys2")
_URL = re.compile(
    r"://([^/@]*@)?(repo\.anaconda\.com/(t/[^/]+/)?pkgs/|conda\.anaconda\.org/(t/[^/]+/)?(anaconda|main|r|msys2)(/|$))"
)


UrlsOf: TypeAlias = Callable[[Sequence[str]], Iterable[str]]
"""Resolve names of channels to URLs by conda's configuration."""


def terms_remarks(channels: Iterable[Text], urls_of: UrlsOf | None = None) -> Iterator[Diagnostic]:
    """Yield one diagnostic for each channel of Anaconda in a spec; see :func:`terms_of_service`."""
    for channel in {channel.text.rstrip("/"): channel for channel in reversed(list(channels))}.values():
        if terms := terms_of_service([channel.text], urls_of=urls_of):
            yield remark("info", terms.code, channel, terms.message, terms.remedy)


def terms_of_service(
    channels: Iterable[str], *, configured: bool = False, urls_of: UrlsOf | None = None
) -> Problem | None:
    """Return a note on the terms of the first channel of Anaconda among these; None if there is none.

    Args:
        channels: names or URLs.
        configured: whether they come from the configuration, because the spec names none.
        urls_of: resolves names of channels; without it they have conda's default meaning.
    """
    found = next((channel for channel in channels if _is_anacondas(channel, urls_of)), None)
    if found is None:
        return None
    message = f"'{shown(found)}' is Anaconda's channel; its terms of service ask larger organisations to pay."
    remedy = "Use 'conda-forge' alone, with 'nodefaults' beside it, unless you have a licence."
    if configured:
        message = f"The spec names no channel, so the configured ones are used. {message}"
        remedy = "Add the lines 'channels:' and '  - conda-forge' to the spec, unless you have a licence."
    return Problem("terms-of-service", message, remedy)


def _is_anacondas(channel: str, urls_of: UrlsOf | None) -> bool:
    if urls_of is None:
        return channel in _NAMES or _URL.search(channel) is not None
    return any(map(_URL.search, urls_of([channel])))
