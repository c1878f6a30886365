"""Every failure that has a name, as one tree.

::

    EnvKernelsError
    ├── InvalidRequest          the request itself is malformed
    ├── InvalidSpec             a spec cannot be used; carries diagnostics
    ├── Forbidden               policy or permissions refuse it
    │   └── NotAllowed      the administrator's limits forbid it
    ├── NotFound                no such environment, job or file
    ├── Conflict                what is there stands in the way
    │   ├── AlreadyExists       the prefix is taken
    │   ├── Ambiguous           several environments answer to that name
    │   ├── Busy                another operation uses the environment
    │   ├── InUse               kernels of the environment run
    │   └── Outdated            the environment has changed since the plan was made
    ├── TooLarge                the input is over its limit
    ├── QueueFull               too many jobs wait already
    ├── BackendMissing          the engine cannot be loaded
    ├── PolicyUnusable          a policy file of the administrator cannot be relied upon
    ├── StoreFailed             a job cannot be stored
    ├── StillRunning            the processes of a job do not go away
    └── OperationFailed         an operation began and did not end well
        ├── SolveFailed         no set of packages satisfies the spec
        ├── ChannelFailed       a channel cannot be read
        ├── DownloadFailed      a package cannot be fetched, or is not what the channel said
        ├── LinkFailed          packages cannot be put into the prefix
        ├── DiskFull            no space left
        ├── PipFailed           the ``pip:`` section cannot be installed
        ├── VerifyFailed        the environment was built, but its kernel does not start
        ├── Interrupted         the worker died before it could say how it ended
        └── Cancelled           it was cancelled

A failure is a sentence (``message``) and what to do about it (``remedy``). ``code`` is the stable word for programs.
Nothing here knows HTTP: ``server.base`` has the one table of status codes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class EnvKernelsError(Exception):
    """Base of the tree.

    Args:
        message: what is wrong and where, as one or more full sentences.
        remedy: what the person can do about it; empty when there is nothing.
        details: facts for programs, JSON-serialisable.
    """

    code: str = "error"

    def __init__(self, message: str, *, remedy: str = "", details: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.details = details or {}


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
    """The administrator's limits forbid it; ``details["problems"]`` has a stable word for each that does."""

    code = "not-allowed"


class NotFound(EnvKernelsError):
    """There is no such environment, job or file."""

    code = "not-found"


class Conflict(EnvKernelsError):
    """What is there already stands in the way."""

    code = "conflict"


class AlreadyExists(Conflict):
    """The prefix is taken, by an environment or by any other file."""

    code = "already-exists"


class Ambiguous(Conflict):
    """Several environments answer to that name; ``details["candidates"]`` lists their prefixes."""

    code = "ambiguous"


class Busy(Conflict):
    """Another operation uses the environment."""

    code = "busy"


class InUse(Conflict):
    """Kernels of the environment run; ``details["kernels"]`` lists their processes."""

    code = "in-use"


class Outdated(Conflict):
    """The environment has changed since the plan was made."""

    code = "outdated"


class TooLarge(EnvKernelsError):
    """The input is over its limit."""

    code = "too-large"


class QueueFull(EnvKernelsError):
    """Too many jobs wait already."""

    code = "queue-full"


class BackendMissing(EnvKernelsError):
    """The engine cannot be loaded."""

    code = "backend-missing"


class PolicyUnusable(EnvKernelsError):
    """A policy file of the administrator is malformed, or accounts can write it that are no administrators."""

    code = "policy-unusable"


class StoreFailed(EnvKernelsError):
    """A job cannot be stored."""

    code = "store-failed"


class StillRunning(EnvKernelsError):
    """The processes of a job do not go away."""

    code = "still-running"


class OperationFailed(EnvKernelsError):
    """An operation began and did not end well; the prefix is as it was before."""

    code = "operation-failed"


class SolveFailed(OperationFailed):
    """No set of packages satisfies the spec."""

    code = "unsatisfiable"


class ChannelFailed(OperationFailed):
    """A channel cannot be read."""

    code = "channel-failed"


class DownloadFailed(OperationFailed):
    """A package cannot be fetched, or is not what the channel said it was."""

    code = "download-failed"


class LinkFailed(OperationFailed):
    """Packages cannot be put into the prefix."""

    code = "link-failed"


class DiskFull(OperationFailed):
    """No space is left where the packages or the environment go."""

    code = "disk-full"


class PipFailed(OperationFailed):
    """The ``pip:`` section cannot be installed."""

    code = "pip-failed"


class VerifyFailed(OperationFailed):
    """The environment was built, but its kernel does not start."""

    code = "verify-failed"


class Interrupted(OperationFailed):
    """The worker died before it could say how the job ended."""

    code = "interrupted"


class Cancelled(OperationFailed):
    """The operation was cancelled."""

    code = "cancelled"


def failure(code: str, message: str, *, remedy: str = "", details: dict[str, Any] | None = None) -> EnvKernelsError:
    """Return a failure that is known by its code, such as one that a journal tells of."""
    kind = next((known for known in _kinds(EnvKernelsError) if known.code == code), OperationFailed)
    error = kind(message, remedy=remedy, details=details)
    error.code = code
    return error


def _kinds(kind: type[EnvKernelsError]) -> Iterator[type[EnvKernelsError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _kinds(narrower)
