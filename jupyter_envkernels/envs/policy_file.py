"""Read the policy files of administrators: limits that users cannot loosen by configuration, variables or condarc.

They are named ``envkernels/policy.yml`` (or ``.yaml``, ``.json``) in the system-wide configuration folders of Jupyter.
Their keys are the fields of :class:`~jupyter_envkernels.models.Limits`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import fields, replace
from functools import lru_cache
from typing import Any

from ..errors import PolicyUnusable
from ..files import read_file
from ..models import EngineOptions, Limits, parse_age
from ..specs.remarks import Unreadable
from ..specs.text import decode
from ..specs.yaml_nodes import Mapping, Node, Scalar, Sequence, compose
from ..suggestions import nearest
from .administrators import why_not_administrators
from .conda_config.condarc import load_system_settings

SYSTEM_FOLDERS = tuple(dict.fromkeys(("/etc/jupyter", "/usr/local/etc/jupyter", f"{sys.prefix}/etc/jupyter")))
"""As in jupyter_core, but without variables of the user, such as ``JUPYTER_PLATFORM_DIRS``."""

_NAMES = ("envkernels/policy.yml", "envkernels/policy.yaml", "envkernels/policy.json")
_MAX_BYTES = 1 << 16
_KEYS = {each.name: each.default for each in fields(Limits) if each.name != "files"}
_ALLOWING = ("allowed_channels", "pip_indexes")


def limits_in_force(configured: Limits, folders: Iterable[str] = SYSTEM_FOLDERS) -> Limits:
    """Return the strictest limits of the configuration and the current policy files.

    Args:
        configured: the limits of the configuration, which can only be stricter than those of the policy files.
        folders: the folders with policy files.

    Raises:
        PolicyUnusable: a policy file is malformed, cannot be read, or is writable by accounts other than
            administrators; or the lists of allowed values have nothing in common.
    """
    # All files count and each can only add limits, so their order, and whether one is found twice, does not matter.
    limits = Limits()
    for path in (f"{folder}/{name}" for folder in folders for name in _NAMES):
        if (found := _read(path)) is not None:
            limits = _stricter(limits, found)
    return _stricter(limits, configured)


def allows_trust(folders: Iterable[str] = SYSTEM_FOLDERS) -> bool:
    """Return whether users may trust single prefixes: no policy file forbids it, and none is unusable."""
    try:
        return limits_in_force(Limits(), folders).allow_trust
    except PolicyUnusable:
        return False  # the file that cannot be used may forbid it


def options_in_force(configured: EngineOptions, folders: Iterable[str] = SYSTEM_FOLDERS) -> EngineOptions:
    """Return the options of the engine with the :func:`limits_in_force`.

    Raises:
        PolicyUnusable: see there.
    """
    return replace(configured, limits=limits_in_force(configured.limits, folders))


def _read(path: str) -> Limits | None:
    """Return the limits of one policy file; None if it does not exist.

    Raises:
        PolicyUnusable: it must not be used.
    """
    try:
        data = read_file(path, _MAX_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise _unusable(path, f"it cannot be read ({error.strerror})") from error
    if reason := why_not_administrators(path):
        raise _unusable(path, f"accounts other than administrators can write it: {reason.rstrip('.')}")
    try:
        return replace(_parse(data), files=(path,))
    except Unreadable as error:
        said = error.diagnostic
        raise _unusable(path, f"line {said.line}: {said.message.rstrip('.')}") from error
    except ValueError as error:
        raise _unusable(path, str(error)) from error


def _unusable(path: str, why: str) -> PolicyUnusable:
    return PolicyUnusable(
        f"The policy file {path} cannot be used: {why}. Until it is corrected, no environment can be changed.",
        remedy="Ask the administrator of this server to correct it.",
    )


@lru_cache(maxsize=8)
def _parse(data: bytes) -> Limits:
    """Parse a policy file.

    Raises:
        Unreadable: it is not YAML, which includes JSON.
        ValueError: it is not a map of the known keys, or has an invalid value.
    """
    root = compose(decode(data))
    if not isinstance(root, Mapping):
        raise ValueError("it is not a map of limits")  # noqa: TRY004 - a value of the file, not of the program
    return Limits(**{key.text: _value(key, value) for key, value in root.pairs})


def _value(key: Scalar, node: Node) -> Any:
    """Return the value of one key, with the type of its default.

    Raises:
        ValueError: there is no such key, or the value has another type.
    """
    if key.text not in _KEYS:
        near = nearest(key.text, _KEYS)
        guess = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"line {key.line}: there is no limit {key.text!r}{guess}")
    wanted, value = _AGE if key.text == "min_package_age" else _CONVERSIONS[type(_KEYS[key.text])]
    converted = value(node)
    if converted is None or (key.text in _ALLOWING and not converted):
        raise ValueError(f"line {key.line}: {key.text} must be {wanted}")
    return converted


def _flag(node: Node) -> bool | None:
    return node.text.lower() == "true" if isinstance(node, Scalar) and node.kind == "bool" else None


def _number(node: Node) -> int | None:
    return int(node.text) if isinstance(node, Scalar) and node.kind == "number" and node.text.isdecimal() else None


def _age(node: Node) -> int | None:
    try:
        return int(parse_age(node.text).total_seconds()) if isinstance(node, Scalar) else None
    except ValueError:
        return None


def _text(node: Node) -> str | None:
    return " ".join(node.text.split()) or None if isinstance(node, Scalar) and node.kind == "text" else None


def _texts(node: Node) -> tuple[str, ...] | None:
    texts = [_text(item) for item in node.items] if isinstance(node, Sequence) else [None]
    return None if None in texts else tuple(filter(None, texts))


_AGE = ("an age such as 7d, 12h or 1w, 0 for no limit", _age)
_CONVERSIONS = {
    bool: ("true or false", _flag),
    int: ("a whole number, 0 for no limit", _number),
    str: ("text", _text),
    tuple: ("a list of text values", _texts),
}


def _stricter(limits: Limits, other: Limits) -> Limits:
    """Return limits that allow only what both allow. Channels are compared by URL, by the system's condarc.

    Raises:
        PolicyUnusable: two lists of allowed values have nothing in common.
    """
    if limits.allowed_channels and other.allowed_channels:
        limits, other = _with_urls(limits), _with_urls(other)
    try:
        return limits.stricter(other)
    except ValueError as error:
        sources = " and ".join(dict.fromkeys((*limits.files, *(other.files or ("the configuration",)))))
        raise PolicyUnusable(
            f"No environment can be changed: the lists {error} of {sources} have nothing in common.",
            remedy=f"Ask the administrator of this server, or remove {error} from your own configuration.",
        ) from error


def _with_urls(limits: Limits) -> Limits:
    return replace(limits, allowed_channels=load_system_settings().channel_urls(limits.allowed_channels))
