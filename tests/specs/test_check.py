from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_envkernels.models import CheckedSpec, Diagnostic
from jupyter_envkernels.specs import MAX_DIAGNOSTICS, check, read_document, with_remarks
from jupyter_envkernels.specs.text import MAX_BYTES

SLICE = settings(max_examples=150, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])

WORDS = st.sampled_from(
    [
        *"[]{},'\"#~é\t\n",
        *("name", "channels", "dependencies", "pip", "variables", "python"),
        "\n  ",
        "- ",
        ": ",
        ":",
        "&a ",
        "*a",
        "!x ",
        "|\n",
        "---\n",
        "<<: ",
        "=",
        "==1.*",
        ">=",
        "::",
    ]
)


def is_sound(checked: CheckedSpec) -> bool:
    """There is a spec, or an error that says why there is none; every remark has a place, words and a code."""
    assert checked.spec is not None or not checked.ok
    for diagnostic in checked.diagnostics:
        assert diagnostic.line is None or (diagnostic.line >= 1 and (diagnostic.column or 0) >= 1)
        assert diagnostic.message
        assert diagnostic.remedy
        assert diagnostic.code.replace("-", "").isalpha()
    return checked.spec is not None or bool(checked.diagnostics)


@SLICE
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    assert is_sound(check(data))


@SLICE
@given(st.text(max_size=300))
def test_any_text(text: str) -> None:
    assert is_sound(check(text))


@SLICE
@given(st.lists(WORDS, max_size=60).map("".join))
def test_any_text_of_yaml(text: str) -> None:
    assert is_sound(check("dependencies: " + text))


@SLICE
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
def test_any_match_spec(text: str) -> None:
    assert is_sound(check("dependencies:\n  - '" + text.replace("'", "''") + "'\n"))


def test_a_byte_order_mark_and_windows_line_ends() -> None:
    checked = check("\ufeffname: ocean\r\ndependencies:\r\n  - xz\r\n  - zlib=\r\n")
    assert checked.spec is not None
    assert checked.spec.dependencies == ("xz", "zlib")
    assert [d.line for d in checked.diagnostics] == [4]


def test_remarks_are_in_the_order_of_the_text() -> None:
    text = "x: 1\nname: test\ndependencies:\n - python\n - a[x]\n - b=\n - a=1\nprefix: /x"
    places = [(d.line, d.column) for d in check(text).diagnostics]
    assert [line for line, _ in places] == [1, 2, 4, 4, 5, 6, 7, 8]
    assert places == sorted(places, key=lambda place: (place[0] or 0, place[1] or 0))


def test_of_very_many_remarks_the_gravest_are_kept() -> None:
    checked = check("dependencies:\n" + "  - a>=1.*\n" * 2 * MAX_DIAGNOSTICS + "  - a=~1\n")
    assert len(checked.diagnostics) == MAX_DIAGNOSTICS + 1
    assert not checked.ok
    assert checked.diagnostics[-1].code == "more"


LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(20)
)


@pytest.mark.parametrize(
    "text",
    [
        LAUGHS,
        "dependencies:\n - &p {pip: [" + "x," * 9000 + "]}\n" + " - *p\n" * 9000,
        "[" * MAX_BYTES,
        "{a: " * (MAX_BYTES // 4),
        "- " * (MAX_BYTES // 2),
        " " * (MAX_BYTES - 1) + "x",
        "dependencies:\n - a" + "~=" * (MAX_BYTES // 2 - 20),
    ],
    ids=["laughs", "alias-of-pip", "brackets", "braces", "dashes", "spaces", "operators"],
)
def test_hostile_text_is_answered_at_once(text: str) -> None:
    check("dependencies: [xz]")  # what is imported at the first call does not count
    begun = time.process_time()
    checked = check(text)
    assert time.process_time() - begun < 5  # a hostile text would take minutes; a slow machine some seconds
    assert is_sound(checked)
    assert not checked.ok


def test_an_export_of_300_packages_takes_milliseconds() -> None:
    text = "dependencies:\n" + "".join(f"  - package-{n}=1.{n}.0=py312h{n:07}_0\n" for n in range(300))
    check(text)
    times = []
    for _ in range(5):
        begun = time.process_time()
        assert check(text).ok
        times.append(time.process_time() - begun)
    assert min(times) < 0.05


def test_remarks_from_elsewhere_stand_among_its_own() -> None:
    checked = check("name: env1\ndependencies:\n  - python\n  - numpi\n")
    further = with_remarks(checked, [Diagnostic("error", "no-such-package", "No numpi.", line=4, column=5)])
    assert further.spec == checked.spec
    lines = [diagnostic.line or 0 for diagnostic in further.diagnostics]
    assert lines == sorted(lines)
    assert {d.code for d in further.diagnostics} == {d.code for d in checked.diagnostics} | {"no-such-package"}
    assert (checked.ok, further.ok) == (True, False)


@pytest.mark.parametrize("text", ["dependencies: [", "", "@EXPLICIT\n", "version: 6\nenvironments: {}\n", b"\xff\xff"])
def test_what_leaves_nothing_to_look_up(text: str | bytes) -> None:
    assert read_document(text) is None


def test_what_can_be_looked_up_knows_its_places() -> None:
    document = read_document(b"dependencies:\n  - numpy\n")
    assert document is not None
    assert [(d.name, d.node.line, d.node.column) for d in document.dependencies] == [("numpy", 2, 5)]
    requirements = read_document("numpy==1\n")
    assert requirements is not None
    assert [line.text for line in requirements.pip] == ["numpy==1"]


@pytest.mark.parametrize(
    "text", ["{}numpy\n", "numpy\n{}", "@EXPLICIT\n{}", "dependencies:\n  - a\n{}", "metadata:\npackage:\n{}"]
)
def test_a_merge_that_is_not_finished(text: str) -> None:
    conflict = "<<<<<<< HEAD\nscipy\n=======\nxz\n>>>>>>> main\n"
    (error,) = check(text.format(conflict)).diagnostics
    assert (error.code, error.line) == ("merge-conflict", text[: text.index("{")].count("\n") + 1)
