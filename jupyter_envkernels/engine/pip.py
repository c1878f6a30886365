"""The ``pip:`` section of a spec.

The lines are installed by ``uv``, which reads requirements as pip does and is faster by factors. It is given pip's own
configuration (index, proxy, certificates ...), because that is what a campus or a company has set up.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from pathlib import Path

import uv

from ..errors import PipFailed
from .backend import Report
from .process import run

_FLAGS: Mapping[str, str] = {
    "index-url": "--default-index",
    "extra-index-url": "--index",
    "find-links": "--find-links",
    "trusted-host": "--allow-insecure-host",
    "constraint": "--constraints",
    "no-binary": "--no-binary",
    "only-binary": "--only-binary",
}
_SWITCHES: Mapping[str, str] = {"no-index": "--no-index", "pre": "--prerelease=allow"}


async def install(
    prefix: Path, lines: Sequence[str], workdir: Path, environ: Mapping[str, str], report: Report
) -> None:
    """Install requirement lines into a prefix.

    Args:
        prefix: the environment, in its final place.
        lines: as in a requirements file, options included.
        workdir: the folder against which relative paths resolve.
        environ: the activated environment.
        report: gets uv's output, line by line.

    Raises:
        PipFailed: with uv's own words.
    """
    python = prefix / "bin" / "python"
    if not python.exists():
        raise PipFailed(
            "The spec has a pip section, but the environment has no python.",
            remedy="Add python to the dependencies.",
        )
    flags, settings = uv_options(await _pip_config(python, environ, workdir))
    argv = [uv.find_uv_bin(), "pip", "install", "--no-config", "--python", str(python), *flags, "-r", "-"]
    tail: list[str] = []

    def follow(line: str) -> None:
        tail.append(line)
        report.log(line)

    code = await run(
        argv, cwd=workdir, environ={**environ, **settings, "NO_COLOR": "1"}, feed="\n".join(lines) + "\n", line=follow
    )
    if code != 0:
        raise PipFailed(
            f"The pip section could not be installed. {_reason(tail)}",
            remedy="Correct the pip lines; the log has the installer's full answer.",
        )


async def _pip_config(python: Path, environ: Mapping[str, str], workdir: Path) -> dict[str, str]:
    """What ``pip config list`` of that environment says, without section names; nothing where it has no pip."""
    lines: list[str] = []
    code = await run(
        [str(python), "-m", "pip", "config", "list"],
        cwd=workdir,
        environ={**environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        line=lines.append,
    )
    return parse_pip_config(lines) if code == 0 else {}


def parse_pip_config(lines: Sequence[str]) -> dict[str, str]:
    """Read ``pip config list``: ``global.index-url='https://...'``, later lines of a file win over earlier ones.

    A variable (``:env:``) wins over an ``install`` section, and that over ``global``, as pip documents it.
    """
    order = {"global": 0, "install": 1, ":env:": 2}
    found: dict[str, tuple[int, str]] = {}
    for line in lines:
        key, _, literal = line.partition("=")
        section, _, name = key.rpartition(".")
        if section not in order or not literal:
            continue
        try:
            value = str(ast.literal_eval(literal))
        except (SyntaxError, ValueError):
            continue
        if order[section] >= found.get(name, (0, ""))[0]:
            found[name] = (order[section], value)
    return {name: value for name, (_, value) in found.items()}


def uv_options(config: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """The same wishes in uv's terms: command-line options and environment variables.

    pip separates several values by white space or newlines. ``extra-index-url`` does not take precedence in pip as it
    does in uv, so uv is told to choose among all indexes.
    """
    flags: list[str] = []
    for name, flag in _FLAGS.items():
        for value in config.get(name, "").split():
            flags += [flag, value]
    flags += [flag for name, flag in _SWITCHES.items() if config.get(name, "").lower() in {"1", "true", "yes", "on"}]
    if config.get("extra-index-url"):
        flags += ["--index-strategy", "unsafe-best-match"]
    settings: dict[str, str] = {}
    if cert := config.get("cert"):
        settings["SSL_CERT_FILE"] = str(Path(cert).expanduser())
    if proxy := config.get("proxy"):
        settings["ALL_PROXY"] = settings["HTTPS_PROXY"] = settings["HTTP_PROXY"] = proxy
    if timeout := config.get("timeout", config.get("default-timeout")):
        settings["UV_HTTP_TIMEOUT"] = timeout
    return flags, settings


def _reason(output: Sequence[str]) -> str:
    """The part of uv's answer that says why: from its error mark on, without the drawing."""
    start = next((i for i, line in enumerate(output) if line.lstrip().startswith(("×", "error:"))), None)  # noqa: RUF001
    if start is None:
        return " ".join(line.strip() for line in output[-3:])
    words = [line.strip().lstrip("×╰─▶│├").strip() for line in output[start:]]  # noqa: RUF001
    return " ".join(word for word in words if word)[:2000].removeprefix("error:").strip()
