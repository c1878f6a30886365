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
        ("dependencies:\n  - &\n", 2, "yaml-syntax", "Text that begins with '*' or '&'"),
        ("dependencies:\n  - *\n", 2, "yaml-syntax", "Text that begins with '*' or '&'"),
        ("dependencies:\n  - >=3\n", 2, "yaml-syntax", "there is no name before the comparison"),
        ("name: |x\n", 1, "yaml-syntax", "Text that begins with '>' or '|'"),
        ("dependencies:\n  - 'python=3.12'x\n", 2, "yaml-syntax", "There is text after the closing quote."),
        ("dependencies:\n  - a\n  pip:\n  - b\n", 3, "yaml-syntax", "no dash before 'pip:'"),
        ("dependencies:\n- a\n  pip:\n  - b\n", 3, "yaml-syntax", "no dash before 'pip:'"),
        ("dependencies:\n  -python\n  - numpy\n", 2, "missing-space", "no space after the dash"),
        ("dependencies:\n  - python\nchannels:\n  -lab\n", 4, "missing-space", "no space after the dash"),
        ("-python\n-numpy\n", 1, "missing-space", "no space after the dash"),
    ],
)
def test_mistakes_have_a_line_and_words(text: str, line: int, code: str, words: str) -> None:
    (error,) = [said for said in check(text, ()).diagnostics if said.severity != "info"]
    assert (error.severity, error.line, error.code) == ("error", line, code)
    assert words in error.message
