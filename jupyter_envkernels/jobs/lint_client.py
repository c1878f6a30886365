"""Ask :mod:`.lint_worker` to check specs against channels, and to search these.

The checks run in a process of their own, because rattler's threads can crash an interpreter that exits, and a channel
can fill memory: neither may happen in the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from ..engine.transaction.preflight import check_cache
from ..envs.conda_config.condarc import SettingsCache
from ..envs.server_tokens import without_server_tokens
from ..envs.trust_sources import read_trust
from ..errors import Forbidden, OperationFailed, Problem, failure
from ..models import ChannelPackage, CheckedSpec, Diagnostic, EngineOptions, Limits, Machine
from ..specs import with_remarks
from ..specs.text import decode
from ..system import kill_group

_IDLE = 120.0
"""Seconds after the last question until the process is ended, and what it has read of channels is dropped."""

_PATIENCE = 60.0
"""Seconds without an answer after which the process counts as hung. It may be loaded from a slow disk."""

_AT_ONCE = 4
"""Maximum number of concurrent questions; further ones wait."""

_MARGIN = 0.2
"""Seconds that the transfer of an answer may take."""

_LONGEST = 1 << 25
"""Maximum size of an answer in bytes."""

_log = logging.getLogger(__name__)


class AdviceQuestion(msgspec.Struct, frozen=True, tag="advice"):
    """A request for the diagnostics of a spec by its channels.

    Attributes:
        channels: of a spec that names none.
        until: time of the answer at the latest, in seconds since the epoch.
        limits: the administrator's limits.
    """

    id: int
    text: str
    channels: tuple[str, ...]
    package_cache: str
    until: float
    limits: Limits = Limits()


class SearchQuestion(msgspec.Struct, frozen=True, tag="search"):
    """A request for the packages of channels that match a spec, whose name may be a pattern.

    Attributes:
        channels: to search first.
        defaults: to search as well.
        limits: the administrator's limits.
    """

    id: int
    spec: str
    channels: tuple[str, ...]
    defaults: tuple[str, ...]
    package_cache: str
    limits: Limits = Limits()


class MachineQuestion(msgspec.Struct, frozen=True, tag="machine"):
    """A request for platform and virtual packages."""

    id: int


Question = AdviceQuestion | SearchQuestion | MachineQuestion


class LintAnswer(msgspec.Struct, frozen=True):
    """The answer to the question with that id.

    Attributes:
        problem: why a search found nothing.
        failure: why there is no answer.
    """

    id: int
    diagnostics: tuple[Diagnostic, ...] = ()
    packages: tuple[ChannelPackage, ...] = ()
    machine: Machine | None = None
    problem: Problem | None = None
    failure: str = ""


def _not_asked(reason: str, remedy: str) -> Diagnostic:
    return Diagnostic("info", "channels-not-asked", f"The channels could not be checked: {reason}", remedy)


class LintClient:
    """Starts the process for the first question, and ends it when it was idle for a while.

    All methods belong to one event loop. Call :meth:`stop` at the end; without it, the process ends with this one.

    Args:
        options: default channels, kernel packages, limits and package cache.
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
        """Return a checked spec with the diagnostics that need its channels, if these are allowed.

        Args:
            checked: the spec with its other diagnostics.
            text: of the spec.
            seconds: see :meth:`advise`.
        """
        forbidden = any(said.code == "channel-not-allowed" for said in checked.diagnostics)
        if checked.spec is None or checked.spec.locked or forbidden:
            return checked
        readable = decode(text) if isinstance(text, bytes) else text
        further = await self.advise(readable, seconds)
        if all(said.code != "channels-not-asked" for said in further):  # the process checks the terms with condarc
            said_before = tuple(said for said in checked.diagnostics if said.code != "terms-of-service")
            checked = replace(checked, diagnostics=said_before)
        return with_remarks(checked, further)

    async def advise(self, text: str, seconds: float) -> tuple[Diagnostic, ...]:
        """Return the diagnostics of a spec that need its channels.

        Args:
            text: of the spec.
            seconds: timeout. Channels that are slower are still being read, and the next question may find them.
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

    async def search(
        self, spec: str, channels: Sequence[str], seconds: float, *, with_defaults: bool = True
    ) -> tuple[ChannelPackage, ...]:
        """Return the packages for this machine that match a spec, by name, oldest versions first.

        Args:
            spec: the match spec; its name may be a pattern, such as ``*numpy*``.
            channels: to search first.
            seconds: timeout.
            with_defaults: whether to search the default channels as well.

        Raises:
            EnvKernelsError: no package matches, a channel is forbidden or cannot be read, or the spec is invalid.
        """
        await asyncio.to_thread(self._check_cache)
        options, defaults = self._options, self._options.channels if with_defaults else ()
        cache, number = str(options.package_cache), next(self._ids)
        question = SearchQuestion(number, spec, tuple(channels), defaults, cache, options.limits)
        answer = await self._ask(question, seconds)
        if answer.failure:
            raise OperationFailed(f"The channels could not be searched: {answer.failure}", remedy="Try again.")
        if answer.problem is not None:
            raise failure(answer.problem)
        return answer.packages

    def _check_cache(self) -> None:
        settings = self._settings.read()
        check_cache(self._options.package_cache, read_trust(self._options.catalog, settings, os.environ))

    async def machine(self, seconds: float) -> Machine | None:
        """Return platform and virtual packages of this machine, which are asked once; None after the timeout."""
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
        """Return the process; a new one if there is none, or it does not answer."""
        begun = self._process
        if begun is not None and begun.done() and (begun.exception() or not begun.result().is_well):
            await self._end()
        if self._process is None:
            self._process = asyncio.ensure_future(_Process.start())
        return await asyncio.shield(self._process)  # a caller's timeout must not cancel the start for others

    def _end_idle(self) -> None:
        self._ending = asyncio.ensure_future(self._end())

    async def _end(self) -> None:
        begun, self._process = self._process, None
        if begun is not None:
            with contextlib.suppress(OSError):  # the process could not be started
                await (await begun).end()


class _Process:
    """A running process, and the futures of its answers."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._waiting: dict[int, asyncio.Future[LintAnswer]] = {}
        self._unanswered: dict[int, float] = {}
        self._listening = asyncio.ensure_future(self._listen())

    @classmethod
    async def start(cls) -> _Process:
        """Start a process.

        Raises:
            OSError: it cannot be started.
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
        """Return whether it is alive, and no answer is overdue."""
        oldest = min(self._unanswered.values(), default=time.monotonic())
        return not self._listening.done() and time.monotonic() - oldest < _PATIENCE

    async def ask(self, question: Question) -> LintAnswer:
        """Send a question, and wait for the answer."""
        assert self._process.stdin is not None
        future: asyncio.Future[LintAnswer] = asyncio.get_running_loop().create_future()
        self._waiting[question.id] = future
        self._unanswered[question.id] = time.monotonic()
        try:
            with contextlib.suppress(ConnectionError):  # _listen notices that the process has ended
                self._process.stdin.write(msgspec.json.encode(question) + b"\n")
                await self._process.stdin.drain()
            return await future
        finally:
            del self._waiting[question.id]

    async def end(self) -> None:
        """Kill the process with its children, and wait for its end."""
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
                    future.set_result(LintAnswer(number, failure="the process that reads them has ended."))
