"""Remove passwords and tokens from URLs before they are shown or written for others.

Conda channels have them in two places: ``https://user:password@host/channel`` and ``https://host/t/TOKEN/channel``.
"""

from __future__ import annotations

import re

# ${NAME} is not a secret but a reference to one; git@ in ssh URLs is the same for all users.
_LOGIN = re.compile(r"(?<=://)(?!\$\{\w+\}@)[^/\s]*@")
_TOKEN = re.compile(
    r"(?P<before>\b(?!file:)[a-z][a-z0-9+.-]*://[^\s/]*(?:/[^\s/]+)*?)/t/[^\s/?#]+(?=/|$|[\s?#])", re.IGNORECASE
)


def without_credentials(text: str) -> str:
    """Return the text without the logins in its URLs."""
    return _TOKEN.sub(r"\g<before>", _LOGIN.sub(_login, text))


def _login(found: re.Match[str]) -> str:
    """Keep only the user name of ssh."""
    is_ssh = found.string.endswith("ssh://", 0, found.start())
    user = found.group().rstrip("@").partition(":")[0]
    return f"{user}@" if is_ssh and user else ""
