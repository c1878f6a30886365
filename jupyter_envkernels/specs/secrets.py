"""What variables hold that a job's spec uses: all that is written has their names in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from operator import itemgetter
from urllib.parse import quote, unquote

LEAST = 8
"""Characters of a value from which on it is a secret; what is shorter stands in too many texts."""

_IN_URLS = "%/:=&;,+$!'()*@[]|^~?#"
"""What the engine leaves as it is in a URL, beside letters and digits."""


class Secrets:
    """Values to hide.

    Args:
        values: name of a variable -> what it holds; short ones do not count.
    """

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        long = {name: value.rstrip("/") for name, value in (values or {}).items() if len(value) >= LEAST}
        self._values = sorted(filter(itemgetter(1), long.items()), key=lambda item: len(item[1]), reverse=True)
        self._hidden = [(_any_of(_forms(name, value)), f"${{{name}}}") for name, value in self._values]

    def __bool__(self) -> bool:
        """There is something to hide."""
        return bool(self._values)

    def hide(self, text: str) -> str:
        """Return a text with ``${NAME}`` in the place of what variables hold, however a URL spells it."""
        for pattern, name in self._hidden:
            text = pattern.sub(lambda _, name=name: name, text)  # type: ignore[misc]
        return text

    def hide_in_url(self, url: str) -> str:
        """Return the same for a URL that must stay one: where a value is all of it, its scheme stays."""
        hidden = self.hide(url)
        scheme, found, _ = url.partition("://")
        return f"{scheme}://{hidden}" if found and "://" not in hidden else hidden

    def reveal(self, url: str) -> str:
        """Return the URL that has become this one by one of the two others."""
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
    """Yield the spellings of a value, the login in it, and its name as the engine spells it in URLs."""
    forms = [value, *_LOGIN.findall(value), *_TOKEN.findall(value)]
    spellings = [
        spelt for form in forms for spelt in (form, unquote(form), quote(form, safe=""), quote(form, _IN_URLS))
    ]
    yield from (spelt for spelt in dict.fromkeys(spellings) if len(spelt) >= LEAST or spelt == value)
    yield f"$%7B{name}%7D"
