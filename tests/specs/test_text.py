from __future__ import annotations

import pytest

from jupyter_envkernels.specs.remarks import Unreadable
from jupyter_envkernels.specs.text import MAX_BYTES, check_text, decode, lines_of, place_of

TEXT = "dependencies:\n  - python  # für alle\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding: str) -> None:
    assert check_text(decode(TEXT.encode(encoding))) == TEXT


def test_bytes_of_another_encoding_have_a_place() -> None:
    with pytest.raises(Unreadable) as caught:
        decode(TEXT.encode("latin-1"))
    diagnostic = caught.value.diagnostic
    assert (diagnostic.code, diagnostic.line, diagnostic.column) == ("not-text", 2, 16)


def test_half_a_utf_16_file() -> None:
    with pytest.raises(Unreadable) as caught:
        decode(TEXT.encode("utf-16")[:-1])
    assert caught.value.diagnostic.code == "not-text"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "empty", 1),
        (" \n\t\n", "empty", 1),
        ("a\nb\0", "not-text", 2),
        ("a: \x1b[31m", "not-text", 1),
        ("a: \ud800", "not-text", 1),
        ("#" * (MAX_BYTES + 1), "too-large", 1),
        ("é" * (MAX_BYTES // 2 + 1), "too-large", 1),
    ],
)
def test_texts_that_are_refused(text: str, code: str, line: int) -> None:
    with pytest.raises(Unreadable) as caught:
        check_text(text)
    assert (caught.value.diagnostic.code, caught.value.diagnostic.line) == (code, line)


def test_the_largest_text() -> None:
    text = "#" * MAX_BYTES
    assert check_text(text) == text


def test_lines_are_those_of_yaml() -> None:
    assert lines_of("a\r\nb\rc\nd\u2028e\x0bf") == ["a", "b", "c", "d", "e\x0bf"]


def test_place_of() -> None:
    assert place_of("") == (1, 1)
    assert place_of("ab\ncd") == (2, 3)
