"""Read kernel.json as jupyter_client does, and resolve its command in its own prefix."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..models import Problem
from .interpreters import is_packaged, other_prefix

_MAX_DEPTH = 50
"""Deepest nesting of objects and lists: the listing is one document, and Python encodes a few hundred levels only."""

_FIELDS: tuple[tuple[str, type, str], ...] = (
    ("display_name", str, "a text"),
    ("language", str, "a text"),
    ("metadata", dict, "an object"),
    ("env", dict, "an object"),
    ("interrupt_mode", str, "a text"),
    ("kernel_protocol_version", str, "a text"),
)


def parse_kernel_json(data: bytes) -> dict[str, Any]:
    """Return a kernelspec that jupyter_client accepts.

    Raises:
        ValueError: the message says what is wrong.
    """
    try:
        spec = _DECODER.decode(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ValueError(f"it is not UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON (line {error.lineno}: {error.msg})") from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(spec, dict):
        raise ValueError("it must be an object")  # noqa: TRY004 - a value of the file, not of the program
    argv = spec.get("argv")
    if not argv or not isinstance(argv, list) or not all(isinstance(word, str) and "\0" not in word for word in argv):
        raise ValueError('"argv" must be a list of words')
    for key, kind, what in _FIELDS:
        if key in spec and not isinstance(spec[key], kind):
            raise ValueError(f'"{key}" must be {what}')
    _check_values(spec)
    _check_depth(spec, data)
    return spec


def _refuse_constant(name: str) -> None:
    """Refuse ``NaN`` and ``Infinity``, which Python accepts in JSON but browsers do not."""
    raise ValueError(f"it is not JSON ({name})")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _check_depth(spec: Mapping[str, Any], data: bytes) -> None:
    if data.count(b"{") + data.count(b"[") <= _MAX_DEPTH:  # as in nearly all files
        return
    level: list[Any] = [spec]
    for _ in range(_MAX_DEPTH):
        level = [inner for value in level if isinstance(value, (dict, list)) for inner in _inner(value)]
        if not level:
            return
    raise ValueError("it is nested too deeply")


def _inner(value: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _check_values(spec: Mapping[str, Any]) -> None:
    if not all(isinstance(value, str) and is_variable(name, value) for name, value in spec.get("env", {}).items()):
        raise ValueError('"env" must have text values')
    if spec.get("interrupt_mode", "signal").lower() not in ("signal", "message"):
        raise ValueError('"interrupt_mode" must be "signal" or "message"')


def is_variable(name: str, value: str) -> bool:
    """Return whether the operating system accepts an environment variable."""
    return name != "" and "=" not in name and "\0" not in name and "\0" not in value


class Command(NamedTuple):
    """How a kernel is run.

    Attributes:
        argv: the command.
        problem: why it cannot be run.
        other_prefix: the prefix of its program, if that is not the kernel's own; else empty.
    """

    argv: list[str]
    problem: Problem | None = None
    other_prefix: str = ""


def resolve_argv(argv: Sequence[str], prefix: str, kernel_json: str) -> Command:
    """Return a kernel's command with its program resolved in this prefix.

    jupyter_client would resolve a bare ``python`` and ``{prefix}`` to those of the server. A bare name is looked up in
    ``bin``. So is the last part of a path that does not exist, or that is in another prefix although a package of this
    one installed the kernel.json, as in an environment that was moved.

    Args:
        argv: as kernel.json has it.
        prefix: of the environment.
        kernel_json: path of the file, relative to the prefix.
    """
    command = [word.replace("{prefix}", prefix) for word in argv]
    program = command[0]
    own = f"{prefix}/bin/{os.path.basename(program)}"
    missing = program if os.path.isabs(program) else own
    if os.path.isabs(program) and os.access(program, os.X_OK):
        other = other_prefix(program, prefix)
        if not other or not is_packaged(prefix, kernel_json):
            return Command(command, None, other)
        missing = own
    if os.access(own, os.X_OK):
        return Command([own, *command[1:]])
    if os.path.isabs(program) or program.startswith("python"):
        problem = Problem(
            "no-executable",
            f"{missing}, which runs the kernel, does not exist.",
            "Install the kernel's language into the environment again.",
        )
        return Command([missing, *command[1:]], problem)
    return Command(command)
