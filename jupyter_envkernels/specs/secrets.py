"""Hide the values of variables that a job's spec uses, in all that the job writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from operator import itemgetter
from urllib.parse import quote, unquote

LEAST = 8
"""Shortest value that is hidden, in characters; shorter ones occur in ordinary text."""

_IN_URLS = "%/:=&;,+$!'()*@[]|^~?#"
"""Characters that the engine does not encode in a URL, besides letters and digits."""


class Secrets:
    """Values to hide.

    Args:
        values: name of a variable -> its value; short ones are ignored.
    """

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        long = {name: value.rstrip("/") for name, value in (values or {}).items() if len(value) >= LEAST}
        self._values = sorted(filter(itemgetter(1), long.items()), key=lambda item: len(item[1]), reverse=True)
        self._hidden = [(_any_of(_forms(name, value)), f"${{{name}}}") for name, value in self._values]

    def __bool__(self) -> bool:
        """Return whether there is anything to hide."""
        return bool(self._values)

    def hide(self, text: str) -> str:
        """Return a text with ``${NAME}`` for each value, however it is encoded in a URL."""
        for pattern, name in self._hidden:
            text = pattern.sub(lambda _, name=name: name, text)  # type: ignore[misc]
        return text

    def hide_in_url(self, url: str) -> str:
        """Return a URL with values hidden that is still a URL: if a value is all of it, the scheme is kept."""
        hidden = self.hide(url)
        scheme, found, _ = url.partition("://")
        return f"{scheme}://{hidden}" if found and "://" not in hidden else hidden

    def reveal(self, url: str) -> str:
        """Return the original of a URL from ``hide`` or ``hide_in_url``."""
        for name, value in self._values:
            scheme = r"(\w+://)?" if "://" in value else ""
            pattern = rf"{scheme}\$(\{{{name}\}}|%7B{name}%7D)"
            url = re.sub(pattern, lambda _, value=value: value, url, flags=re.IGNORECASE)  # type: ignore[misc]
        return url


_LOGIN = re.compile(r"://[^/\s:@]*:([^/\s@]+)@")
_TOKEN = re.compile(r"/t/([^/\s?#]+)")


def _any_of(forms: Iterator[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(forms, key=len, reverse=True))), re.IGNORECASE)


def _forms(name: str, value: str) -> Iterator[str]:
    """Yield the encodings of a value, of the login in it, and of its name as the engine writes it in URLs."""
    forms = [value, *_LOGIN.findall(value), *_TOKEN.findall(value)]
    spellings = [
        spelt for form in forms for spelt in (form, unquote(form), quote(form, safe=""), quote(form, _IN_URLS))
    ]
    yield from (spelt for spelt in dict.fromkeys(spellings) if len(spelt) >= LEAST or spelt == value)
    yield f"$%7B{name}%7D"
