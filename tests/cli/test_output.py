"""What is printed, on wide and narrow terminals, and the exit codes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_envkernels import errors
from jupyter_envkernels.cli import output
from jupyter_envkernels.cli.output import Table, VerbResult, exit_code, print_answer, print_failure
from jupyter_envkernels.models import Progress


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.NotFound, 1),
        (errors.QueueFull, 1),
        (errors.SolveFailed, 1),
        (errors.InvalidRequest, 2),
        (errors.Forbidden, 3),
        (errors.Cancelled, 130),
    ],
)
def test_exit_code(kind: type[errors.EnvKernelsError], code: int) -> None:
    assert exit_code(kind("No.")) == code


def test_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    answer = VerbResult({"name": "é"}, "one\ntwo")
    print_answer(answer, as_json=False)
    assert capsys.readouterr() == ("one\ntwo\n", "")
    print_answer(answer, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"name": "é"}
    print_answer(VerbResult({}), as_json=False)
    assert capsys.readouterr() == ("", "")


def test_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    error = errors.NotFound("There is none.", remedy="Make one.", explanation="a\nb", details={"near": ["x"]})
    print_failure(error, as_json=False)
    assert capsys.readouterr() == ("", "Error: There is none.\na\nb\nMake one.\n")
    print_failure(error, as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "error": {
            "code": "not-found",
            "message": "There is none.",
            "remedy": "Make one.",
            "explanation": "a\nb",
            "packages": [],
            "fixes": [],
            "details": {"near": ["x"]},
        }
    }


TABLE = Table(
    ("NAME", "KERNEL", "SIZE", "PREFIX"),
    [
        ("lesson", "conda-env-lesson-py", "1.2 GB", "/envs/lesson"),
        ("環境", "(It has no kernel because [ipykernel] is missing.)", "31 MB", "/envs/環境"),
    ],
    right=[2],
    empty="There are none.",
)


def test_one_line_a_row_where_there_is_room() -> None:
    assert TABLE.laid_out(None).splitlines() == [
        "NAME    KERNEL                                                SIZE  PREFIX",
        "lesson  conda-env-lesson-py                                 1.2 GB  /envs/lesson",
        "環境    (It has no kernel because [ipykernel] is missing.)   31 MB  /envs/環境",
    ]
    assert str(TABLE) == TABLE.laid_out(None), "where standard output is no terminal"
    assert Table(["NAME"], [["x" * 5000]]).laid_out(None).splitlines() == ["NAME", "x" * 5000]


def test_the_widest_cells_are_wrapped_where_there_is_no_room() -> None:
    assert TABLE.laid_out(50).splitlines() == [
        "NAME    KERNEL                  SIZE  PREFIX",
        "lesson  conda-env-lesson-py   1.2 GB  /envs/lesson",
        "環境    (It has no kernel      31 MB  /envs/環境",
        "        because [ipykernel]",
        "        is missing.)",
    ]


def test_a_table_without_rows_says_so() -> None:
    assert str(Table(TABLE.header, [], empty=TABLE.empty)) == "There are none."


@given(st.lists(st.tuples(st.text(), st.text(), st.text(), st.text()), max_size=4), st.integers(16, 120))
def test_any_text_on_any_terminal(rows: list[tuple[str, ...]], width: int) -> None:
    laid_out = Table(TABLE.header, rows).laid_out(width)
    assert all(line.isprintable() for line in laid_out.splitlines())
    shown = "".join(laid_out.split())
    assert all(len(shown) >= len("".join(output.printable(cell).split())) for row in rows for cell in row)


@pytest.mark.parametrize(("seconds", "words"), [(0.4, "0:00"), (59.6, "1:00"), (67, "1:07"), (3723, "1:02:03")])
def test_duration(seconds: float, words: str) -> None:
    assert output.duration(seconds) == words


def test_moment_and_day() -> None:
    assert output.moment(1_800_000_000.0).startswith("2027-01-15 ")
    assert output.day(1_800_000_000.0) == "2027-01-15"


def test_amount_and_rate() -> None:
    assert output.amount(Progress(12_300_000, 40_200_000, "bytes")) == "12.3 MB of 40.2 MB"
    assert output.amount(Progress(12_300_000, None, "bytes")) == "12.3 MB"
    assert output.amount(Progress(3, 17, "packages")) == "3 of 17 packages"
    assert output.amount(Progress(3, None, "packages")) == "3 packages"
    assert output.amount(Progress(300, 14000, "files")) == "300 of 14000 files"
    assert output.rate("bytes", 3_200_000) == "3.2 MB/s"
    assert output.rate("packages", 4.2) == "4 packages/s"
    assert output.rate("files", 41000.2) == "41000 files/s"
    assert output.rate("bytes", None) == ""


def test_printable_text_moves_nothing_and_hides_nothing() -> None:
    assert output.printable("plain, é and 環境") == "plain, é and 環境"
    assert output.printable("\x1b[31m\n\u202e\udce9") == r"\x1b[31m\n\u202e\udce9"
