from __future__ import annotations

import pytest

from jupyter_envkernels.specs.remarks import credentials, exact, shown
from jupyter_envkernels.specs.yaml_nodes import Scalar


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("a\n  b", "a b"),
        ("x" * 81, f"{'x' * 79}…"),
        ("https://me:secret@x.org/a", "https://***@x.org/a"),
        ("https://x.org/t/secret/main", "https://x.org/t/***/main"),
        ("git+ssh://git@x.org/a", "git+ssh://git@x.org/a"),
        ("https://${TOKEN}@x.org/a", "https://${TOKEN}@x.org/a"),
    ],
)
def test_text_is_quoted_short_and_without_credentials(text: str, quoted: str) -> None:
    assert shown(text) == quoted
    has_credentials = "***" in quoted
    assert [found.code for found in credentials(Scalar(3, 5, text))] == ["credentials-in-url"] * has_credentials


def test_how_much_is_exact() -> None:
    messages = [exact("a lock file", count, 1).message for count in (1, 2)]
    assert [message.partition(":")[0] for message in messages] == [
        "This is a lock file of 1 package",
        "This is a lock file of 2 packages",
    ]
