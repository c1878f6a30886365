"""Check specs against channels, and search these, in a process of its own.

``python -m jupyter_envkernels.jobs.lint_worker`` starts it. Each line of stdin is a question in JSON, each line of
stdout an answer: see :mod:`.lint_client`. Questions are handled concurrently. The process exits at once when stdin is
closed, by ``os._exit``: rattler's threads may crash an interpreter that shuts down.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

import msgspec

from ..envs.conda_config.condarc import Settings, SettingsCache
from ..envs.policy_file import limits_in_force
from ..errors import EnvKernelsError, PolicyUnusable
from ..models import Limits, Machine, VirtualPackage
from ..specs import read_document, without_credentials
from ..system import system
from .lint_client import AdviceQuestion, LintAnswer, Question, SearchQuestion

if TYPE_CHECKING:
    from ..engine.explain.channel_lint import Adviser
    from ..engine.explain.channel_search import ChannelSearch

_MAX_MEMORY = 1 << 30
"""Bytes; the largest channels need a quarter of it."""

_MAX_FILE = 1 << 30
"""Maximum size of one repodata file in bytes; the largest are a third of it."""

_FRESH = 600.0
"""Seconds after which channels are read again: the engine itself keeps them forever."""


def main() -> NoReturn:
    """Answer questions until stdin is closed."""
    _limit_resources()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # other output must not get between the answers
    try:
        asyncio.run(_serve(answers))
    finally:
        os._exit(1)


def _limit_resources() -> None:
    """Limit memory and file size, because any spec may name a channel whose repodata unpacks to any size."""
    for kind, most in ((resource.RLIMIT_DATA, _MAX_MEMORY), (resource.RLIMIT_FSIZE, _MAX_FILE)):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)  # noqa: PLW2901
        resource.setrlimit(kind, (most, hard))
    system.offer_to_oom_killer()  # rather than a kernel


async def _serve(answers: BinaryIO) -> None:
    questions: asyncio.Queue[bytes] = asyncio.Queue()
    threading.Thread(target=_listen, args=[asyncio.get_running_loop(), questions], daemon=True).start()
    service = _LintService()
    tasks: set[asyncio.Task[None]] = set()
    while True:
        task = asyncio.create_task(_answer(service, await questions.get(), answers))
        tasks.add(task)
        task.add_done_callback(tasks.discard)


def _listen(loop: asyncio.AbstractEventLoop, questions: asyncio.Queue[bytes]) -> None:
    for line in sys.stdin.buffer:
        loop.call_soon_threadsafe(questions.put_nowait, line)
    os._exit(0)


async def _answer(service: _LintService, raw: bytes, answers: BinaryIO) -> None:
    question: Question = msgspec.json.decode(raw, type=Question)
    try:
        if isinstance(question, AdviceQuestion):
            answer = await service.advise(question)
        elif isinstance(question, SearchQuestion):
            answer = await service.search(question)
        else:
            answer = await service.machine(question.id)
    except Exception as error:  # noqa: BLE001 - the client waits for an answer
        answer = LintAnswer(question.id, failure=without_credentials(f"{type(error).__name__}: {error}"))
    answers.write(msgspec.json.encode(answer) + b"\n")
    answers.flush()


@dataclass(frozen=True, slots=True)
class _Engine:
    """What answers questions about channels; both parts share what was read of them."""

    adviser: Adviser
    search: ChannelSearch


class _LintService:
    """Answers questions, and keeps what it has read of channels."""

    def __init__(self) -> None:
        self._settings = SettingsCache(os.environ)
        self._engine: _Engine | None = None
        self._key: object = None
        self._born = 0.0

    async def advise(self, question: AdviceQuestion) -> LintAnswer:
        document = read_document(question.text)
        if document is None:
            return LintAnswer(question.id)
        try:
            limits = limits_in_force(question.limits)
        except PolicyUnusable:  # reported by the check without channels
            return LintAnswer(question.id)
        adviser = self._fresh(question.package_cache, limits).adviser
        seconds = max(0.0, question.until - time.time())
        return LintAnswer(question.id, tuple(await adviser.advise(document, question.channels, seconds)))

    async def search(self, question: SearchQuestion) -> LintAnswer:
        try:
            engine = self._fresh(question.package_cache, limits_in_force(question.limits))
            packages = await engine.search.search(question.spec, question.channels, question.defaults)
        except EnvKernelsError as error:
            return LintAnswer(question.id, problem=error.problem)
        return LintAnswer(question.id, packages=packages)

    async def machine(self, number: int) -> LintAnswer:
        from ..engine.solve.solver import here, virtual_packages  # noqa: PLC0415 - if it cannot be imported, the answer says so

        offered = [VirtualPackage(v.name.normalized, str(v.version), str(v.build_string)) for v in virtual_packages()]
        return LintAnswer(number, machine=Machine(str(here()[0]), tuple(offered)))

    def _fresh(self, package_cache: str, limits: Limits) -> _Engine:
        """Return the engine for conda's current configuration."""
        settings, now = self._settings.read(), time.monotonic()
        key = (settings, package_cache, limits)
        if self._engine is None or key != self._key or now - self._born > _FRESH:
            self._engine, self._key, self._born = _start_engine(settings, Path(package_cache), limits), key, now
        return self._engine


def _start_engine(settings: Settings, package_cache: Path, limits: Limits) -> _Engine:
    from ..engine.explain.channel_lint import Adviser  # noqa: PLC0415 - slow to import
    from ..engine.explain.channel_search import ChannelSearch  # noqa: PLC0415
    from ..engine.fetch.client import Network  # noqa: PLC0415
    from ..engine.solve.channel_index import ChannelReader  # noqa: PLC0415
    from ..engine.solve.rattler_specs import Reader  # noqa: PLC0415

    # a user who is typing needs a quick answer more than further tries
    quick = replace(settings, remote_max_retries=min(1, settings.remote_max_retries))
    network = Network(quick, package_cache / "repodata", limits)
    reader, channels = Reader(settings, network), ChannelReader(network)
    return _Engine(Adviser(settings, reader, channels), ChannelSearch(reader, channels))


if __name__ == "__main__":
    main()
