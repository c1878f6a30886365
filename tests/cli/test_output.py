"""What is printed, and the exit codes."""

from __future__ import annotations

import json

import pytest

from jupyter_envkernels import errors
from jupyter_envkernels.cli.output import VerbResult, exit_code, print_answer, print_failure


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
    error = errors.NotFound("There is none.", remedy="Make one.", details={"near": ["x"]})
    print_failure(error, as_json=False)
    assert capsys.readouterr() == ("", "Error: There is none.\nMake one.\n")
    print_failure(error, as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "error": {"code": "not-found", "message": "There is none.", "remedy": "Make one.", "details": {"near": ["x"]}}
    }
