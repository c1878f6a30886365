"""Define all exceptions, as one tree.

::

    EnvKernelsError
    ├── InvalidRequest          the request itself is malformed
    ├── InvalidSpec             a spec cannot be used; carries diagnostics
    ├── Forbidden               policy or permissions refuse it
    │   └── NotAllowed          the administrator's limits forbid it
    ├── NotFound                no such environment, job or file
    ├── Conflict                the current state does not allow it
    │   ├── AlreadyExists       the prefix is taken
    │   ├── Ambiguous           several environments have that name
    │   ├── Busy                another operation uses the environment
    │   ├── InUse               kernels of the environment are running
    │   └── Outdated            the environment has changed since the plan was made
    ├── TooLarge                the input exceeds its limit
    ├── QueueFull               too many jobs are waiting
    ├── BackendMissing          the engine cannot be loaded
    ├── PolicyUnusable          a policy file of the administrator is malformed or not trusted
    ├── StoreFailed             a job cannot be stored
    ├── StillRunning            the processes of a job do not end
    └── OperationFailed         an operation was started and failed
        ├── SolveFailed         no set of packages satisfies the spec
        ├── ChannelFailed       a channel cannot be read
        ├── DownloadFailed      a package cannot be fetched, or does not match its hash or size
        ├── LinkFailed          packages cannot be linked into the prefix
        ├── DiskFull            no space left on the disk
        ├── PipFailed           the ``pip:`` section cannot be installed
        ├── VerifyFailed        the environment was built, but its kernel does not start
        ├── Interrupted         the worker crashed
        └── Cancelled           it was cancelled

Each carries a :class:`Problem`, which goes unchanged from the engine to the panel; programs rely on its ``code``. HTTP
status codes are in one table, in ``server.base``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class SpecChange:
    """A match spec of a request, and its replacement; None to remove it."""

    before: str
    after: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and what to do about it.

    Attributes:
        code: a stable identifier for programs.
        message: the headline: what is wrong and where, as one or more full sentences.
        remedy: what the user can do about it; empty if nothing.
        explanation: further lines to read, such as the solver's reasons.
        packages: names of the affected packages.
        fixes: alternative changes, each of which was tried and leads to a solution.
        details: the facts in the message, by name and JSON-serialisable: with the code, enough to translate it.
    """

    code: str
    message: str
    remedy: str = ""
    explanation: str = ""
    packages: tuple[str, ...] = ()
    fixes: tuple[tuple[SpecChange, ...], ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Return message and remedy as one text, for a log."""
        return f"{self.message} {self.remedy}".rstrip()

    def masked(self, hide: Callable[[str], str]) -> Problem:
        """Return a copy with *hide* applied to each text."""
        return replace(
            self,
            message=hide(self.message),
            remedy=hide(self.remedy),
            explanation=hide(self.explanation),
            fixes=tuple(
                tuple(SpecChange(hide(each.before), each.after and hide(each.after)) for each in fix)
                for fix in self.fixes
            ),
            details=_masked(self.details, hide),
        )


def _masked(value: Any, hide: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, Mapping):
        return {key: _masked(each, hide) for key, each in value.items()}
    return [_masked(each, hide) for each in value] if isinstance(value, (list, tuple)) else value


class EnvKernelsError(Exception):
    """Base of all exceptions of this package.

    Args:
        message: see :class:`Problem`, as are the others.
    """

    code: str = "error"

    def __init__(
        self,
        message: str,
        *,
        remedy: str = "",
        explanation: str = "",
        packages: tuple[str, ...] = (),
        fixes: tuple[tuple[SpecChange, ...], ...] = (),
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.problem = Problem(self.code, message, remedy, explanation, packages, fixes, details or {})

    @property
    def message(self) -> str:
        """Return the headline."""
        return self.problem.message

    @property
    def remedy(self) -> str:
        """Return what the user can do."""
        return self.problem.remedy

    @property
    def details(self) -> Mapping[str, Any]:
        """Return the facts for programs."""
        return self.problem.details


class InvalidRequest(EnvKernelsError):
    """The request itself is malformed."""

    code = "invalid-request"


class InvalidSpec(EnvKernelsError):
    """A spec cannot be used; ``details["diagnostics"]`` says which lines and why."""

    code = "invalid-spec"


class Forbidden(EnvKernelsError):
    """Policy or file permissions refuse the operation."""

    code = "forbidden"


class NotAllowed(Forbidden):
    """The administrator's limits forbid it; ``details["problems"]`` has the code of each violation."""

    code = "not-allowed"


class NotFound(EnvKernelsError):
    """There is no such environment, job or file."""

    code = "not-found"


class Conflict(EnvKernelsError):
    """The current state does not allow it."""

    code = "conflict"


class AlreadyExists(Conflict):
    """The prefix is taken by an environment or another file."""

    code = "already-exists"


class Ambiguous(Conflict):
    """Several environments have that name; ``details["candidates"]`` lists their prefixes."""

    code = "ambiguous"


class Busy(Conflict):
    """Another operation uses the environment."""

    code = "busy"


class InUse(Conflict):
    """Kernels of the environment are running; ``details["kernels"]`` lists their processes."""

    code = "in-use"


class Outdated(Conflict):
    """The environment has changed since the plan was made."""

    code = "outdated"


class TooLarge(EnvKernelsError):
    """The input exceeds its limit."""

    code = "too-large"


class QueueFull(EnvKernelsError):
    """Too many jobs are waiting."""

    code = "queue-full"


class BackendMissing(EnvKernelsError):
    """The engine cannot be loaded."""

    code = "backend-missing"


class PolicyUnusable(EnvKernelsError):
    """A policy file is malformed, or accounts other than administrators can write it."""

    code = "policy-unusable"


class StoreFailed(EnvKernelsError):
    """A job cannot be stored."""

    code = "store-failed"


class StillRunning(EnvKernelsError):
    """The processes of a job do not end."""

    code = "still-running"


class OperationFailed(EnvKernelsError):
    """An operation was started and failed; the prefix was not changed or was restored."""

    code = "operation-failed"


class SolveFailed(OperationFailed):
    """No set of packages satisfies the spec."""

    code = "unsatisfiable"


class ChannelFailed(OperationFailed):
    """A channel cannot be read."""

    code = "channel-failed"


class DownloadFailed(OperationFailed):
    """A package cannot be fetched, or does not match the hash or size in its channel."""

    code = "download-failed"


class LinkFailed(OperationFailed):
    """Packages cannot be linked into the prefix."""

    code = "link-failed"


class DiskFull(OperationFailed):
    """No space is left for the packages or the environment."""

    code = "disk-full"


class PipFailed(OperationFailed):
    """The ``pip:`` section cannot be installed."""

    code = "pip-failed"


class VerifyFailed(OperationFailed):
    """The environment was built, but its kernel does not start."""

    code = "verify-failed"


class Interrupted(OperationFailed):
    """The worker crashed before it recorded how the job ended."""

    code = "interrupted"


class Cancelled(OperationFailed):
    """The operation was cancelled."""

    code = "cancelled"


def failure(problem: Problem) -> EnvKernelsError:
    """Return the exception for a problem, such as one read from a journal."""
    kind = next((known for known in _kinds(EnvKernelsError) if known.code == problem.code), OperationFailed)
    error = kind(problem.message)
    error.code, error.problem = problem.code, problem
    return error


def _kinds(kind: type[EnvKernelsError]) -> Iterator[type[EnvKernelsError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)
