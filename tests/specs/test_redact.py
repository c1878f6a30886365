from __future__ import annotations

import pytest

from jupyter_envkernels.specs import without_credentials


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("https://user:secret@host/main", "https://host/main"),
        ("https://secret@host/main", "https://host/main"),
        ("https://user:pa$$@w0rd@host/main", "https://host/main"),
        ("https://$ecret@host", "https://host"),
        ("https://host/t/tk-123-abc/main/noarch/a-1-0.conda", "https://host/main/noarch/a-1-0.conda"),
        ("https://user:pw@host/conda/t/<TOKEN>/main", "https://host/conda/main"),
        ("https://host/t/********/main", "https://host/main"),
        ("a @ git+https://token@host/a@v1", "a @ git+https://host/a@v1"),
        ("a @ git+ssh://git:pw@host/a", "a @ git+ssh://git@host/a"),
        ("two https://a:b@x/y and http://c@z", "two https://x/y and http://z"),
    ],
)
def test_they_are_taken_out(text: str, clean: str) -> None:
    assert without_credentials(text) == clean
    assert without_credentials(clean) == clean


@pytest.mark.parametrize(
    "text",
    [
        "https://host/main",
        "https://host/scope/@pkg/a.whl",
        "https://${TOKEN}@host/main",
        "git+ssh://git@github.com/a/b@v1",
        "a @ https://host/a-1.whl#sha256=00",
        "file:///srv/t/data/main",
        "/srv/t/data/main",
        "me@example.org",
        "DATA: x/t/y/z",
    ],
)
def test_what_holds_none_stays(text: str) -> None:
    assert without_credentials(text) == text
