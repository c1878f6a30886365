from __future__ import annotations

import pytest

from jupyter_envkernels.specs import check


@pytest.mark.parametrize(
    ("text", "line", "code", "words"),
    [
        ("dependencies:\n  - a\t\n  - b\n", 2, "tab", "tab character"),
        ("dependencies:\n  - {{ python }}\n", 2, "template", "template"),
        ("dependencies:\n  - a\n b\n", 3, "yaml-syntax", "the indentation is not that"),
        ("dependencies: [a, b\nname: x\n", 2, "yaml-syntax", "a bracket or brace is not closed"),
        ("dependencies:\n  - a\nnumpy\n", 3, "yaml-syntax", "neither an entry"),
        ("dependencies:\n  - @a\n", 2, "yaml-syntax", "unless it is in quotes"),
        ("dependencies:\n  - a\nx: y: z\n", 3, "yaml-syntax", "no key can be"),
        ("dependencies:\n  - 'a\n", 2, "yaml-syntax", "a quote is not closed"),
        ("dependencies:\n  - &\n", 2, "yaml-syntax", "This is not YAML"),
    ],
)
def test_mistakes_have_a_line_and_words(text: str, line: int, code: str, words: str) -> None:
    (error,) = check(text).diagnostics
    assert (error.severity, error.line, error.code) == ("error", line, code)
    assert words in error.message
