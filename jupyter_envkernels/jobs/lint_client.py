"""Asks what only the engine knows, for a process that must not load it: see :mod:`.lint_worker`."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import sys
import time
from dataclasses import replace

import msgspec

from ..engine.transaction.preflight import check_cache
from ..envs.conda_config.condarc import SettingsCache
from ..envs.server_tokens import without_server_tokens
from ..envs.trust_sources import read_trust
from ..errors import Forbidden
from ..models import CheckedSpec, Diagnostic, EngineOptions, Limits, Machine
from ..specs import with_remarks
from ..specs.text import decode
from ..system import kill_group

_IDLE = 120.0
"""Seconds after the last question until the process is ended: what it has read of channels is kept so long."""

_PATIENCE = 60.0
"""Seconds without an answer after which the process counts as hung. It may have to be loaded from a slow disk first."""

_AT_ONCE = 4
"""Questions that the process has at a time; further ones wait."""

_MARGIN = 0.2
"""Seconds that an answer may need to get here."""

_LONGEST = 1 << 24
"""Bytes of an answer at most."""

_log = logging.getLogger(__name__)


class AdviceQuestion(msgspec.Struct, frozen=True, tag="advice"):
    """Which remarks are there on a spec, by what channels have?

    Attributes:
        channels: of a spec that names none.
        until: seconds since the epoch; when to answer at the latest, with what is known then.
        limits: what the administrator allows.
    """

    id: int
    text: str
    channels: tuple[str, ...]
    package_cache: str
    until: float
    limits: Limits = Limits()


class MachineQuestion(msgspec.Struct, frozen=True, tag="machine"):
    """What is this machine?"""

    id: int


Question = AdviceQuestion | MachineQuestion


class LintAnswer(msgspec.Struct, frozen=True):
    """The answer to the question of that id; ``failure`` says why there is none."""

    id: int
    diagnostics: tuple[Diagnostic, ...] = ()
    machine: Machine | None = None
    failure: str = ""


def _not_asked(reason: str, remedy: str) -> Diagnostic:
    return Diagnostic("info", "channels-not-asked", f"The channels could not be asked: {reason}", remedy)


class LintClient:
    """Asks a process of its own, which begins with the first question and ends when there were none for a while.

    All methods belong to one event loop. :meth:`stop` it in the end; should that never happen, the process ends with
    ours.

    Args:
        options: the channels of specs that name none, what is added as a kernel, and where repodata is kept.
        idle: seconds after the last question until the process is ended.
    """

    def __init__(self, options: EngineOptions, *, idle: float = _IDLE) -> None:
        self._options = options
        self._settings = SettingsCache(os.environ)
        self._idle = idle
        self._ids = itertools.count(1)
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._asking = 0
        self._machine: Machine | None = None
        self._process: asyncio.Task[_Process] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._ending: asyncio.Future[None] | None = None

    async def further(self, checked: CheckedSpec, text: str | bytes, seconds: float) -> CheckedSpec:
        """Return the diagnostics of a spec, with those that need its channels if they may be read.

        Args:
            checked: what is said of it without them.
            text: of the spec.
            seconds: see :meth:`advise`.
        """
        forbidden = any(said.code == "channel-not-allowed" for said in checked.diagnostics)
        if checked.spec is None or checked.spec.locked or forbidden:
            return checked
        readable = decode(text) if isinstance(text, bytes) else text
        further = await self.advise(readable, seconds)
        if all(said.code != "channels-not-asked" for said in further):  # who knows the configuration judges better
            said_before = tuple(said for said in checked.diagnostics if said.code != "terms-of-service")
            checked = replace(checked, diagnostics=said_before)
        return with_remarks(checked, further)

    async def advise(self, text: str, seconds: float) -> tuple[Diagnostic, ...]:
        """Return what channels make of a spec.

        Args:
            text: of the spec.
            seconds: for an answer; of channels that need longer nothing is said, and the next question may find them.
        """
        try:
            await asyncio.to_thread(self._check_cache)
        except Forbidden as refused:
            return (_not_asked(refused.message, refused.remedy),)
        cache, until = str(self._options.package_cache), time.time() + seconds - _MARGIN
        channels, limits = self._options.channels, self._options.limits
        question = AdviceQuestion(next(self._ids), text, channels, cache, until, limits)
        answer = await self._ask(question, seconds)
        if answer.failure:
            return (_not_asked(answer.failure, "Check again in a moment."),)
        return answer.diagnostics

    def _check_cache(self) -> None:
        settings = self._settings.read()
        check_cache(self._options.package_cache, read_trust(self._options.catalog, settings, os.environ))

    async def machine(self, seconds: float) -> Machine | None:
        """Return what this machine is to packages; asked once. None where that cannot be found out in time."""
        self._machine = self._machine or (await self._ask(MachineQuestion(next(self._ids)), seconds)).machine
        return self._machine

    async def stop(self) -> None:
        """End the process."""
        if self._timer is not None:
            self._timer.cancel()
        await self._end()
        if self._ending is not None:
            await self._ending

    async def _ask(self, question: Question, seconds: float) -> LintAnswer:
        self._asking += 1
        if self._timer is not None:
            self._timer.cancel()
        try:
            return await asyncio.wait_for(self._exchange(question), seconds)
        except asyncio.TimeoutError:
            return LintAnswer(0, failure=f"there was no answer within {seconds:g} s.")
        except OSError as error:
            return LintAnswer(0, failure=f"no process can be started ({error.strerror}).")
        finally:
            self._asking -= 1
            if not self._asking:
                self._timer = asyncio.get_running_loop().call_later(self._idle, self._end_idle)

    async def _exchange(self, question: Question) -> LintAnswer:
        async with self._slots:
            answer = await (await self._running()).ask(question)
        if answer.failure:
            _log.warning("The engine could not answer a question: %s", answer.failure)
        return answer

    async def _running(self) -> _Process:
        """The process; a new one where there is none, or none that answers."""
        begun = self._process
        if begun is not None and begun.done() and (begun.exception() or not begun.result().is_well):
            await self._end()
        if self._process is None:
            self._process = asyncio.ensure_future(_Process.start())
        return await asyncio.shield(self._process)  # one caller may lose patience; the next one finds it

    def _end_idle(self) -> None:
        self._ending = asyncio.ensure_future(self._end())

    async def _end(self) -> None:
        begun, self._process = self._process, None
        if begun is not None:
            with contextlib.suppress(OSError):  # it could not be started
                await (await begun).end()


class _Process:
    """A running process, and who waits for its answers."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._waiting: dict[int, asyncio.Future[LintAnswer]] = {}
        self._unanswered: dict[int, float] = {}
        self._listening = asyncio.ensure_future(self._listen())

    @classmethod
    async def start(cls) -> _Process:
        """Start one.

        Raises:
            OSError: that is not possible.
        """
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "jupyter_envkernels.jobs.lint_worker"),
                cwd="/",
                env=without_server_tokens(os.environ),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
                limit=_LONGEST,
            )
        )

    @property
    def is_well(self) -> bool:
        """It lives, and owes no answer for too long."""
        oldest = min(self._unanswered.values(), default=time.monotonic())
        return not self._listening.done() and time.monotonic() - oldest < _PATIENCE

    async def ask(self, question: Question) -> LintAnswer:
        """Send a question, and wait for the answer."""
        assert self._process.stdin is not None
        future: asyncio.Future[LintAnswer] = asyncio.get_running_loop().create_future()
        self._waiting[question.id] = future
        self._unanswered[question.id] = time.monotonic()
        try:
            with contextlib.suppress(ConnectionError):  # that it has ended, the other pipe tells
                self._process.stdin.write(msgspec.json.encode(question) + b"\n")
                await self._process.stdin.drain()
            return await future
        finally:
            del self._waiting[question.id]

    async def end(self) -> None:
        """Kill it with all that it has started, and wait for that."""
        kill_group(self._process.pid)
        await self._process.wait()
        await asyncio.gather(self._listening, return_exceptions=True)

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        try:
            async for raw in self._process.stdout:
                answer = msgspec.json.decode(raw, type=LintAnswer)
                self._unanswered.pop(answer.id, None)
                if (future := self._waiting.get(answer.id)) and not future.done():
                    future.set_result(answer)
        finally:
            for number, future in self._waiting.items():
                if not future.done():
                    future.set_result(LintAnswer(number, failure="the process that asks them has ended."))
