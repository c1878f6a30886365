from __future__ import annotations

from collections.abc import Sequence

import pytest

from jupyter_envkernels.models import Diagnostic, Fix, LineEdit
from jupyter_envkernels.specs import check, read_document
from jupyter_envkernels.specs.fixes import loosened, move_to_pip, renamed, rewrite, split
from jupyter_envkernels.specs.yaml_nodes import Scalar


def fixes(text: str) -> dict[str, Fix | None]:
    return {remark.code: remark.fix for remark in check(text).diagnostics}


def applied(text: str, fix: Fix | None) -> str:
    """The text as it is after the fix."""
    assert fix is not None
    lines: list[str | None] = [*text.split("\n")]
    for edit in fix.edits:
        assert lines[edit.line - 1] == edit.before
        lines[edit.line - 1] = edit.after
    return "\n".join(line for line in lines if line is not None)


def codes(remarks: Sequence[Diagnostic]) -> set[str]:
    return {remark.code for remark in remarks}


EXPORT = """\
name: ocean
channels: [conda-forge]
dependencies:
  - python=3.12.1=h99e199e_1_cpython  # from an export
  - "numpy=1.26.4=py312h_0"
  - scipy 1.11 py312h_1
  - pandas[version=2, build=py_0]
  - pip
prefix: /Users/ada/miniconda3/envs/ocean
"""


def test_builds_are_loosened() -> None:
    fix = fixes(EXPORT)["build-string"]
    assert fix is not None
    assert fix.title == "Remove all builds"
    text = applied(EXPORT, fix)
    assert text.splitlines()[3:7] == [
        "  - python=3.12.1  # from an export",
        '  - "numpy=1.26.4"',
        "  - scipy 1.11",
        "  - pandas[version=2, build=py_0]",
    ]
    lists = "dependencies: [numpy=1=py_0, scipy=1=py_1, 'pip']"
    assert applied(lists, fixes(lists)["build-string"]) == "dependencies: [numpy=1, scipy=1, 'pip']"


def test_the_prefix_of_another_machine_is_deleted() -> None:
    text = applied(EXPORT, fixes(EXPORT)["prefix-ignored"])
    assert text == EXPORT.replace("prefix: /Users/ada/miniconda3/envs/ocean\n", "")
    assert "prefix-ignored" not in codes(check(text).diagnostics)
    assert fixes("prefix: '/p'  # mine\ndependencies: [a]")["prefix-ignored"] is not None
    for more in ("{prefix: /p, dependencies: [a]}", "prefix: >\n  /p\ndependencies: [a]", "prefix: '/p' '\n"):
        assert fixes(more).get("prefix-ignored") is None, more


def test_a_login_is_not_repeated() -> None:
    text = "dependencies:\n- https://u:secret@h/c::numpy=1=py_0\n- scipy=1=py_0\n"
    fix = fixes(text)["build-string"]
    assert fix == Fix("Remove all builds", (LineEdit(3, "- scipy=1=py_0", "- scipy=1"),))


def test_what_is_not_where_it_should_be_stays() -> None:
    lines = ["- numpy"]
    assert rewrite("x", lines, [(Scalar(1, 2, "numpy"), "scipy")]) is None
    assert rewrite("x", lines, [(Scalar(1, 3, "numpy"), "numpy")]) is None
    assert rewrite("x", lines, [(Scalar(1, 3, "numpy"), "scipy")]) == Fix("x", (LineEdit(1, "- numpy", "- scipy"),))


@pytest.mark.parametrize(
    ("text", "build", "loose"),
    [
        ("a=1=b", "b", "a=1"),
        ("a==1=b", "b", "a==1"),
        ("a 1 b", "b", "a 1"),
        ("a=1 = b", "b", "a=1"),
        ("a[build=b]", "b", "a[build=b]"),
        ("a=1", "", "a=1"),
    ],
)
def test_loosened(text: str, build: str, loose: str) -> None:
    assert loosened(text, build) == loose


def test_renamed() -> None:
    assert renamed("numpyy>=1,<2", "numpy") == "numpy>=1,<2"
    assert renamed("https://h/c::Numpyy 1.2", "numpy") == "https://h/c::numpy 1.2"
    assert renamed("*", "numpy") == "*"


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("  - a b", "  - a\n  - b"),
        ("- 'a b'  # why", "- 'a'\n- 'b'  # why"),
        ("a b", "a\nb"),
        ("[a b]", None),
        ("- pip: a b", None),
        ("- a b https://me:secret@host", None),
        ("- a  b", None),
    ],
)
def test_an_entry_is_split(line: str, after: str | None) -> None:
    start = line.index("a")
    fix = split("Write two", [line], Scalar(1, start + 1, "a b"), ["a", "b"])
    assert (fix.edits if fix else None) == ((LineEdit(1, line, after),) if after else None)


def moved(text: str) -> str | None:
    """The text with its first package moved to the pip section; None if there is no fix for that."""
    document = read_document(text)
    assert document is not None
    fix = move_to_pip("Move", document, document.dependencies[0].node, "six>=1")
    return applied(text, fix) if fix else None


def test_a_line_is_moved_to_the_pip_section() -> None:
    assert moved("dependencies:\n- 'six>=1'\n- pip\nname: a\n") == (
        "dependencies:\n- pip\n- pip:\n  - six>=1\nname: a\n"
    )
    assert moved("dependencies:\n  - six>=1\n  - pip:\n      - idna\n") == (
        "dependencies:\n  - pip:\n      - idna\n      - six>=1\n"
    )
    assert moved("dependencies:\n  - six>=1\n") == "dependencies:\n  - pip:\n    - six>=1\n"


@pytest.mark.parametrize(
    "text",
    [
        "dependencies: [six>=1, pip]\n",
        "dependencies:\n  - six>=1  # for old code\n",
        "dependencies:\n  - six>=1\n  - pip:\n",
        "dependencies:\n  - six>=1\n  - pip: [idna]\n",
        "six>=1\nidna\n",
    ],
)
def test_a_line_with_more_than_one_entry_is_not_moved(text: str) -> None:
    assert moved(text) is None
