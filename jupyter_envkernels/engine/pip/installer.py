"""Install and uninstall pip packages by uv, or by the environment's pip.

uv reads requirements as pip does, and is much faster. It gets pip's own configuration (index, proxy, certificates ...),
because that is what a campus or a company has set up.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import uv

from ...errors import PipFailed
from ...files import read_file
from ...models import Limits, PipInstaller
from ...specs import pip_name
from ...specs.pip_options import plain_lines
from ...specs.redact import without_credentials
from ...specs.secrets import Secrets
from ..backend import Report
from ..channel_policy import NO_LIMITS
from ..isolated_python import isolated, version_of
from ..messages import listed
from ..process import run
from .config import read_pip_config
from .indexes import check_indexes, variables_for
from .output import PipProgress
from .prereleases import Versions, planned, prerelease_flags

_FLAGS: Mapping[str, str] = {
    "trusted-host": "--allow-insecure-host",
    "no-binary": "--no-binary",
    "only-binary": "--only-binary",
}
_INCLUDE = re.compile(r"(?P<option>-r|-c|--requirement|--constraint)[\s=]+(?P<file>(?!\w+://)\S.*)")
_VARIABLES: Mapping[str, tuple[str, str]] = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "constraint": ("UV_CONSTRAINT", " "),
}
"""Settings of pip -> variables of uv, and their separator between several values."""

_PIP = """\
import runpy, sys
if sys.version_info < (3, 10):
    # such a pip uses distutils, which reads a setup.cfg of the working folder
    try:
        __import__("_distutils_hack").remove_shim()
    except (ImportError, AttributeError):
        pass
    from distutils.dist import Distribution
    find = Distribution.find_config_files
    Distribution.find_config_files = lambda self: [path for path in find(self) if path != "setup.cfg"]
sys.argv[0] = "pip"
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""
"""``python -m pip``, without the settings of the working folder."""

_LINE = re.compile(r"(?<!\S)-:(\d+):\d+")
_POSITION = re.compile(r"in `-` at position (\d+)")
_DRAWING = "×│"  # noqa: RUF001 - uv draws with it
_CAUSE = re.compile(r"\s*(?:[╰├]─▶|cause:|Caused by:) ")
"""Prefixes of the cause of an error in different versions of uv."""
_REFUSAL = re.compile(r"\b(?:401 Unauthorized|403 Forbidden)\b")
_MARKS = ("×", "error:", "ERROR:")  # noqa: RUF001
_MAX_REASON = 2000
_ORIGIN = 1 << 20
"""Maximum size of a direct_url.json in bytes."""

_NO_SECRETS = Secrets()
_NEUTRAL = Path("/")
"""A working folder that only the administrator can write to."""
_OF_PIP: Mapping[str, str] = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
_YES, _NO = {"y", "yes", "t", "true", "on", "1"}, {"n", "no", "f", "false", "off", "0"}
_SWITCHES: Mapping[str, str] = {"no-index": "--no-index", "pre": "--prerelease=allow"}


async def install(
    prefix: Path,
    lines: Sequence[str],
    workdir: Path | None,
    environ: Mapping[str, str],
    report: Report,
    *,
    installer: PipInstaller = "uv",
    limits: Limits = NO_LIMITS,
    secrets: Secrets = _NO_SECRETS,
) -> None:
    """Install requirement lines into a prefix.

    Args:
        prefix: the environment, in its final place.
        lines: as in a requirements file, with options.
        workdir: the folder of the spec, against which relative paths resolve; None if it has none.
        environ: the activated environment.
        report: gets the installer's output and progress.
        installer: uv, or the environment's own pip.
        limits: the administrator's limits on indexes.
        secrets: values of variables in the lines, which the installer expands.

    Raises:
        NotAllowed: an index is not allowed.
        PipFailed: the installer failed, or pip's configuration cannot be read.
    """
    lines = plain_lines(lines)
    if not lines:
        return
    python = prefix / "bin" / "python"
    if not python.exists():
        raise PipFailed(
            "The spec has a pip section, but the environment has no python.",
            remedy="Add python to the dependencies.",
        )
    # also for pip, which ignores files that it may not read
    config = await asyncio.to_thread(read_pip_config, prefix, environ)
    tail: list[str] = []
    progress = PipProgress(report)

    def follow(line: str) -> None:
        tail.append(secrets.hide(without_credentials(line)))
        report.log(tail[-1])
        progress.follow(line)

    with TemporaryDirectory(prefix="pip-") as empty:
        folder = workdir or Path(empty)
        settings: Mapping[str, str] = _OF_PIP
        argv = isolated(python, _PIP, "install", "-r", "/dev/stdin")
        if installer == "uv":
            flags, settings = uv_options(config)
            target = await _target(python, prefix, environ)
            argv = [uv.find_uv_bin(), "pip", "install", "--no-config", *target, *flags, "-r", "-"]
        else:
            lines = [_absolute(line, folder) for line in lines]
        variables = variables_for(limits, {**environ, **settings, "PIP_USER": "0", "NO_COLOR": "1"})
        await asyncio.to_thread(check_indexes, limits, lines, folder, config, variables)
        start = partial(run, cwd=folder, environ=variables, feed="\n".join(lines) + "\n")
        if installer == "uv":
            argv += await _prereleases(argv, start, lines, config, variables)
        code = await start(argv, line=follow)
    if code != 0:
        raise explain_failure(lines, tail, has_folder=workdir is not None)
    await asyncio.to_thread(_hide_origins, prefix, secrets)


async def _prereleases(
    argv: Sequence[str],
    start: Callable[..., Awaitable[int]],
    lines: Sequence[str],
    config: Mapping[str, str],
    environ: Mapping[str, str],
) -> list[str]:
    """Return the options by which uv chooses among pre-releases as pip does."""

    async def ask(flags: Sequence[str]) -> Versions:
        said: list[str] = []
        return planned(said) if await start([*argv, "--dry-run", *flags], line=said.append) == 0 else {}

    return [] if _is_on(config, "pre") else await prerelease_flags(ask, lines, environ)


def private_cache(folder: Path) -> dict[str, str]:
    """Return variables for a private cache of the installers, because they store the URLs of packages in it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return {"UV_CACHE_DIR": str(folder / "uv"), "PIP_CACHE_DIR": str(folder / "pip")}


def _hide_origins(prefix: Path, secrets: Secrets) -> None:
    """Replace values of variables by their names in direct_url.json files, which the installers write."""
    if not secrets:
        return
    for origin in prefix.glob("lib/python*/site-packages/*.dist-info/direct_url.json"):
        with suppress(OSError):  # not a regular file
            data = read_file(origin, _ORIGIN)
            hidden = secrets.hide(data.decode(errors="surrogateescape")).encode(errors="surrogateescape")
            if hidden != data:
                origin.write_bytes(hidden)


def _absolute(line: str, workdir: Path) -> str:
    """Make the path of an included file absolute: pip resolves it against the file that has the line, here stdin."""
    found = _INCLUDE.fullmatch(line.strip())
    return f"{found['option']} {workdir / found['file']}" if found else line


async def uninstall(prefix: Path, names: Sequence[str], environ: Mapping[str, str], report: Report) -> None:
    """Uninstall pip packages from a prefix.

    Raises:
        PipFailed: uv failed.
    """
    if not names:
        return
    target = await _target(prefix / "bin" / "python", prefix, environ)
    argv = [uv.find_uv_bin(), "pip", "uninstall", "--no-config", *target, *names]
    output: list[str] = []
    if await run(argv, cwd=_NEUTRAL, environ={**environ, "NO_COLOR": "1"}, line=output.append) != 0:
        raise PipFailed(f"{', '.join(names)} could not be uninstalled: {_reason(output)}")
    report.log("\n".join(output))


async def _target(python: Path, prefix: Path, environ: Mapping[str, str]) -> list[str]:
    """Return the options that name an environment to uv.

    For Python < 3.10, uv asks distutils for the install paths, which reads a ``setup.cfg`` in the working folder
    (``install_lib=/home/me``). As uv caches the answer, it is made to ask first in a neutral folder; and ``--prefix``
    overrides an answer that was cached before.
    """
    options = ["--python", str(python)]
    if version_of(python) >= (3, 10):
        return options
    argv = [uv.find_uv_bin(), "pip", "freeze", "--no-config", *options]
    await run(argv, cwd=_NEUTRAL, environ=environ, line=lambda _: None)
    return [*options, "--prefix", str(prefix)]


def uv_options(config: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Convert pip's settings to uv's command-line options and environment variables.

    pip separates several values by white space or newlines. In pip, ``extra-index-url`` has no precedence as in uv, so
    uv has to choose among all indexes.

    Raises:
        PipFailed: a boolean setting is neither on nor off.
    """
    flags: list[str] = []
    for name, flag in _FLAGS.items():
        for value in config.get(name, "").split():
            flags += [flag, value]
    flags += [flag for name, flag in _SWITCHES.items() if _is_on(config, name)]
    if config.get("extra-index-url"):
        flags += ["--index-strategy", "unsafe-best-match"]
    # variables, because a URL may contain credentials, and all accounts can read the arguments of processes
    settings = {name: sign.join(config[key].split()) for key, (name, sign) in _VARIABLES.items() if config.get(key)}
    if cert := config.get("cert"):
        settings["SSL_CERT_FILE"] = str(Path(cert).expanduser())
    if proxy := config.get("proxy"):
        settings["ALL_PROXY"] = settings["HTTPS_PROXY"] = settings["HTTP_PROXY"] = proxy
    if timeout := config.get("timeout", config.get("default-timeout")):
        settings["UV_HTTP_TIMEOUT"] = timeout
    return flags, settings


def _is_on(config: Mapping[str, str], name: str) -> bool:
    """Return whether a boolean setting of pip is on."""
    value = config.get(name, "no").lower()
    if value not in _YES and value not in _NO:
        raise PipFailed(
            f"pip's setting {name} must be yes or no, but is {config[name]!r}.",
            remedy=f"Correct it in pip's configuration, or the variable PIP_{name.replace('-', '_').upper()}.",
        )
    return value in _YES


def explain_failure(lines: Sequence[str], output: Sequence[str], *, has_folder: bool = True) -> PipFailed:
    """Return the failure for an installer's output."""
    reason = _reason(output)
    failed = [f"`{without_credentials(line)}`" for line in failed_lines(lines, reason)]
    headline = (
        f"The pip section could not be installed, because of {listed(failed)}"
        if failed
        else ("The pip section could not be installed")
    )
    remedy = f"Correct {'these lines' if len(failed) > 1 else 'this line' if failed else 'the pip lines'}"
    if _REFUSAL.search(reason):
        remedy = "Put the login for this server into ~/.netrc, or choose another index"
    elif not has_folder and any(map(_is_relative, failed_lines(lines, reason))):
        remedy = "Use absolute paths: a spec that is given as text has no folder"
    return PipFailed(
        f"{headline}: {reason}",
        remedy=f"{remedy}; the log has the full output.",
        packages=tuple(filter(None, map(pip_name, failed_lines(lines, reason)))),
    )


def failed_lines(lines: Sequence[str], reason: str) -> list[str]:
    """Return the lines that uv's error names: by line number, by position in the text, or by name."""
    if found := _LINE.search(reason):
        return list(lines[int(found[1]) - 1 : int(found[1])])
    if found := _POSITION.search(reason):
        before = "\n".join(lines).encode()[: int(found[1])].decode(errors="replace")
        return list(lines[before.count("\n") : before.count("\n") + 1])
    return [line for line in lines if _is_named(line, reason)]


def _is_relative(line: str) -> bool:
    """Return whether a line names a file or folder beside the spec."""
    found = _INCLUDE.fullmatch(line.strip())
    words = [found["file"]] if found else line.split()[-1:]
    return bool(words) and not pip_name(line) and "://" not in words[0] and not words[0].startswith(("/", "-"))


def _is_named(line: str, reason: str) -> bool:
    if name := pip_name(line):
        pattern = re.sub(r"[-_.]+", "[-_.]+", name)
        return re.search(rf"(?<![\w.-]){pattern}(?![\w-])", reason, re.IGNORECASE) is not None
    words = line.split()
    place = words[-1].removeprefix("git+").removeprefix("./") if words else ""
    return bool(place.strip("./")) and without_credentials(place) in reason


def _reason(output: Sequence[str]) -> str:
    """Return the reason in uv's output in one line: the cause of its error, or else the error."""
    start = next((i for i, line in enumerate(output) if line.lstrip().startswith(_MARKS)), None)
    if start is None:
        return " ".join(line.strip() for line in output[-3:])
    words = (_CAUSE.sub(": ", line).strip().lstrip(_DRAWING).strip() for line in output[start:])
    said = " ".join(word for word in words if word).replace(" : ", ": ")[:_MAX_REASON]
    said = said.removeprefix("error:").removeprefix("ERROR:").strip()
    return said.removeprefix("No solution found when resolving dependencies").strip(" :")
