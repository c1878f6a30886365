"""Passwords and tokens in URLs: what is written for others holds none.

Conda channels may have them in two places: ``https://user:password@host/channel`` and ``https://host/t/TOKEN/channel``.
"""

from __future__ import annotations

import re

# ${NAME} is no secret but says where one is; git@ of ssh is the same for everybody.
_LOGIN = re.compile(r"(?<=://)(?!\$\{\w+\}@)[^/\s]*@")
_TOKEN = re.compile(
    r"(?P<before>\b(?!file:)[a-z][a-z0-9+.-]*://[^\s/]*(?:/[^\s/]+)*?)/t/[^\s/?#]+(?=/|$|[\s?#])", re.IGNORECASE
)


def without_credentials(text: str) -> str:
    """Return the text without the logins in its URLs."""
    return _TOKEN.sub(r"\g<before>", _LOGIN.sub(_login, text))


def _login(found: re.Match[str]) -> str:
    """Of a login only the user of ssh is kept."""
    is_ssh = found.string.endswith("ssh://", 0, found.start())
    user = found.group().rstrip("@").partition(":")[0]
    return f"{user}@" if is_ssh and user else ""
