"""Read pip's own configuration, its files and variables, as pip documents it.

pip itself may be missing in the environment, and uv does not need it; but without pip's configuration, uv would look up
a company's private packages on pypi.org. So a file that cannot be read is an error, never ignored.
https://pip.pypa.io/en/stable/topics/configuration/
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from configparser import Error, RawConfigParser
from pathlib import Path
from typing import TypeAlias

from ...envs.conda_roots import home_of
from ...errors import PipFailed
from ...files import read_file

_MAX_BYTES = 1 << 20
_SECTIONS = ("global", "install", ":env:")
"""Later sections override earlier ones, regardless of the files that contain them."""

_Settings: TypeAlias = "dict[tuple[str, str], str]"


def read_pip_config(prefix: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the settings of ``pip install`` in an environment, by their long names (``index-url``).

    Args:
        prefix: of the environment.
        environ: its variables.

    Raises:
        PipFailed: a file exists but cannot be read.
    """
    settings: _Settings = {}
    for path in _files(prefix, environ):
        settings |= _read(path)
    settings |= {
        (":env:", _name(key.removeprefix("PIP_"))): value for key, value in environ.items() if key.startswith("PIP_")
    }
    found: dict[str, str] = {}
    for section in _SECTIONS:  # empty ones do not count
        found |= {name: value for (of, name), value in settings.items() if of == section and value}
    return found


def _files(prefix: Path, environ: Mapping[str, str]) -> Iterator[Path]:
    """Yield the paths of configuration files; later ones override earlier ones."""
    named = environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return
    for folder in (environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(os.pathsep):
        yield Path(folder, "pip", "pip.conf")
    yield Path("/etc/pip.conf")
    if not named or not os.path.exists(named):  # noqa: PTH110 - False if permissions forbid it
        home = home_of(environ)
        yield home / ".pip" / "pip.conf"
        yield Path(environ.get("XDG_CONFIG_HOME") or home / ".config", "pip", "pip.conf")
    yield prefix / "pip.conf"
    if named:
        yield Path(named)


def _read(path: Path) -> _Settings:
    parser = RawConfigParser()
    try:
        parser.read_string(read_file(path, _MAX_BYTES).decode())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise _unreadable(path, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise _unreadable(path, "it is not UTF-8") from error
    except Error as error:  # its message quotes the line, which may contain credentials
        found = getattr(error, "errors", ())  # of lines that are not settings
        line = found[0][0] if found else getattr(error, "lineno", "?")
        raise _unreadable(path, f"line {line} is invalid") from None
    return {(section, _name(key)): value for section in parser.sections() for key, value in parser.items(section)}


def _name(key: str) -> str:
    return key.lower().replace("_", "-").removeprefix("--")


def _unreadable(path: Path, reason: str) -> PipFailed:
    return PipFailed(
        f"pip's configuration {path} cannot be read: {reason}.",
        remedy="Correct it: without it, packages of a private index could be installed from another one.",
    )
