"""The process that answers what only the engine knows: ``python -m jupyter_envkernels.jobs.lint_worker``.

A line of its standard input is a question as JSON, a line of its standard output an answer: see :mod:`.lint_client`.
Several questions are worked on at a time, and answered as they are done. It ends with its input, and then at once: the
engine's threads may crash while an interpreter is taken down.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

import msgspec

from ..envs.conda_config.condarc import SettingsCache
from ..envs.policy_file import limits_in_force
from ..errors import PolicyUnusable
from ..models import Limits, Machine, VirtualPackage
from ..specs import read_document, without_credentials
from ..system import system
from .lint_client import AdviceQuestion, LintAnswer, Question

if TYPE_CHECKING:
    from ..engine.explain.channel_lint import Adviser

_MAX_MEMORY = 1 << 30
"""Bytes; the largest channels that there are take a quarter of it at most."""

_MAX_FILE = 1 << 30
"""Bytes of what one channel says of its packages for one platform; the largest have a third of it."""

_FRESH = 600.0
"""Seconds after which channels are looked at again: the engine keeps for ever what it has read of them."""


def main() -> NoReturn:
    """Answer until the input ends."""
    _bound()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed is no answer
    try:
        asyncio.run(_serve(answers))
    finally:
        os._exit(1)


def _bound() -> None:
    """Keep small what a channel can make of this process, for any spec that is looked at may name one.

    Some kilobytes can be unpacked to any size. The engine fails where it gets no memory, or a file becomes too large.
    """
    for kind, most in ((resource.RLIMIT_DATA, _MAX_MEMORY), (resource.RLIMIT_FSIZE, _MAX_FILE)):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)  # noqa: PLW2901
        resource.setrlimit(kind, (most, hard))
    system.offer_to_oom_killer()  # sooner than a kernel


async def _serve(answers: BinaryIO) -> None:
    questions: asyncio.Queue[bytes] = asyncio.Queue()
    threading.Thread(target=_listen, args=[asyncio.get_running_loop(), questions], daemon=True).start()
    desk = _LintService()
    tasks: set[asyncio.Task[None]] = set()
    while True:
        task = asyncio.create_task(_answer(desk, await questions.get(), answers))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


def _listen(loop: asyncio.AbstractEventLoop, questions: asyncio.Queue[bytes]) -> None:
    for line in sys.stdin.buffer:
        loop.call_soon_threadsafe(questions.put_nowait, line)
    os._exit(0)


async def _answer(desk: _LintService, raw: bytes, answers: BinaryIO) -> None:
    question: Question = msgspec.json.decode(raw, type=Question)
    try:
        answer = await (desk.advise(question) if isinstance(question, AdviceQuestion) else desk.machine(question.id))
    except Exception as error:  # noqa: BLE001 - who asks must not wait in vain
        answer = LintAnswer(question.id, failure=without_credentials(f"{type(error).__name__}: {error}"))
    answers.write(msgspec.json.encode(answer) + b"\n")
    answers.flush()


class _LintService:
    """Knows the answers, and what it has read for them."""

    def __init__(self) -> None:
        self._settings = SettingsCache(os.environ)
        self._adviser: Adviser | None = None
        self._key: object = None
        self._born = 0.0

    async def advise(self, question: AdviceQuestion) -> LintAnswer:
        document = read_document(question.text)
        if document is None:
            return LintAnswer(question.id)
        try:
            limits = limits_in_force(question.limits)
        except PolicyUnusable:  # which is said without the channels; none is asked
            return LintAnswer(question.id)
        adviser = self._fresh(Path(question.package_cache), limits)
        seconds = max(0.0, question.until - time.time())
        return LintAnswer(question.id, tuple(await adviser.advise(document, question.channels, seconds)))

    async def machine(self, number: int) -> LintAnswer:
        from ..engine.solve.solver import here, virtual_packages  # noqa: PLC0415 - where it cannot be loaded, the answer says so

        offered = [VirtualPackage(v.name.normalized, str(v.version), str(v.build_string)) for v in virtual_packages()]
        return LintAnswer(number, machine=Machine(str(here()[0]), tuple(offered)))

    def _fresh(self, package_cache: Path, limits: Limits) -> Adviser:
        """The adviser for conda's configuration as it stands."""
        from ..engine.explain.channel_lint import Adviser  # noqa: PLC0415

        settings, now = self._settings.read(), time.monotonic()
        key = (settings, package_cache, limits)
        if self._adviser is None or key != self._key or now - self._born > _FRESH:
            self._adviser, self._key, self._born = Adviser(settings, package_cache, limits), key, now
        return self._adviser


if __name__ == "__main__":
    main()
