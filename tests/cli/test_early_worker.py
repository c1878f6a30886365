"""The worker that a command starts before it has read its arguments."""

from __future__ import annotations

import pytest

from jupyter_envkernels.cli.early_worker import VERBS, early_worker
from jupyter_envkernels.cli.parser import build_parser
from jupyter_envkernels.jobs.prefork import PreforkedWorker


def test_the_verbs_are_those_that_run_jobs() -> None:
    verbs = build_parser().verbs
    places = {name: str(verb.get_default("run")) for name, verb in verbs.items()}
    jobs = {name for name, place in places.items() if place.startswith(("changes:", "removal:")) or name == "resume"}
    assert jobs == VERBS


@pytest.mark.parametrize(
    ("words", "is_started"),
    [(["create", "-n", "lesson"], True), (["create", "--help"], False), (["list"], False), ([], False)],
)
def test_only_a_job_has_a_worker(words: list[str], monkeypatch: pytest.MonkeyPatch, *, is_started: bool) -> None:
    calls: list[str] = []
    monkeypatch.setattr(PreforkedWorker, "prepare", lambda _: calls.append("prepare"))
    monkeypatch.setattr(PreforkedWorker, "dismiss", lambda _: calls.append("dismiss"))
    with early_worker(words):
        pass
    assert calls == [*(["prepare"] if is_started else []), "dismiss"]
