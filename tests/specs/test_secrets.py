"""What variables hold is hidden in all that is written, and found again in URLs."""

from __future__ import annotations

import pytest

from jupyter_envkernels.specs.secrets import Secrets

VALUES = {
    "TOKEN": "tk-0123456789",
    "PATH_PART": "a b{c}/ü%41+",
    "URL": "https://ada:p4ssw0rd@h/t/t0k3n-long/c/",
    "S": "short",
}
SECRETS = Secrets(VALUES)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("GET https://h/tk-0123456789/c failed", "GET https://h/${TOKEN}/c failed"),
        ("https://TK-0123456789.example/c", "https://${TOKEN}.example/c"),
        ("https://h/a%20b%7Bc%7D/%C3%BC%41+/c", "https://h/${PATH_PART}/c"),
        ("https://h/a b{c}/ü%41+/c", "https://h/${PATH_PART}/c"),
        ("a%20b%7Bc%7D%2F%C3%BC%2541%2B", "${PATH_PART}"),
        ("a b{c}/üA+", "${PATH_PART}"),
        ("https://ada:p4ssw0rd@h/t/t0k3n-long/c/noarch/x", "${URL}/noarch/x"),
        ("p4ssw0rd and t0k3n-long", "${URL} and ${URL}"),
        ("https://h/$%7BTOKEN%7D/c", "https://h/${TOKEN}/c"),
        ("short", "short"),
        ("$TOKEN", "$TOKEN"),
    ],
)
def test_values_are_hidden_in_every_spelling(text: str, hidden: str) -> None:
    assert SECRETS.hide(text) == hidden


@pytest.mark.parametrize("url", ["https://h/tk-0123456789/c/noarch", "https://tk-0123456789/c", f"{VALUES['URL']}/x"])
def test_urls_of_records_stay_urls_and_are_revealed(url: str) -> None:
    hidden = SECRETS.hide_in_url(url)
    assert hidden.startswith("https://")
    assert "$" in hidden
    assert SECRETS.reveal(hidden) == url
    encoded = hidden.replace("{", "%7B").replace("}", "%7D")
    assert SECRETS.reveal(encoded) == SECRETS.reveal(hidden)


def test_nothing_to_hide() -> None:
    for secrets in (Secrets(), Secrets({"S": "short"})):
        assert not secrets
        assert secrets.hide_in_url(secrets.reveal("short ${S} $%7BS%7D")) == "short ${S} $%7BS%7D"
