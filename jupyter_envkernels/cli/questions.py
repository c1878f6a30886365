"""Ask for confirmation at a terminal; without one nothing is asked."""

from __future__ import annotations

import sys

from ..errors import InvalidRequest

_AGREED = {"y", "yes"}


def can_ask(*, as_json: bool) -> bool:
    """Return whether a question can be asked: at a terminal, and without ``--json``."""
    return not as_json and sys.stdin.isatty() and sys.stderr.isatty()


def agreed(question: str) -> bool:
    """Ask a question on standard error, and return whether the answer is yes. The default is no."""
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in _AGREED


def check_can_ask(*, as_json: bool) -> None:
    """Check that a question can be asked.

    Raises:
        InvalidRequest: it cannot.
    """
    if not can_ask(as_json=as_json):
        raise InvalidRequest("This command asks first, and there is no terminal to ask at.", remedy="Add -y.")
