"""Start the worker of a job at once, so that it is imported while the command itself is, and reads its arguments."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..jobs.prefork import PreforkedWorker

VERBS = frozenset({"add-kernel", "clone", "create", "install", "remove", "rename", "resume", "rollback", "update"})
"""The verbs that run a job. Their definitions are not imported yet."""


@contextmanager
def early_worker(words: Sequence[str]) -> Iterator[PreforkedWorker]:
    """Start a worker if the arguments are those of a job; without a job, it ends with the context."""
    worker = PreforkedWorker()
    if words and words[0] in VERBS and {"-h", "--help"}.isdisjoint(words):
        worker.prepare()
    try:
        yield worker
    finally:
        worker.dismiss()
