"""Find pip lines that the installer will refuse, by their syntax alone.

Formats: https://pip.pypa.io/en/stable/reference/requirements-file-format/ and
https://packaging.python.org/en/latest/specifications/dependency-specifiers/. uv reads them almost as pip does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from ..models import Diagnostic, Fix, PipInstaller, Severity
from .fixes import rewrite, split
from .pip_options import (
    ARCHIVES,
    FILES,
    OF_REQUIREMENTS,
    Option,
    PipLine,
    is_place,
    is_relative_url,
    parse,
    without_comment,
)
from .remarks import remark, shown
from .yaml_nodes import Scalar

if TYPE_CHECKING:
    from packaging.requirements import Requirement

_SEEN = 1000
"""Number of characters of a line that are checked."""

_NAME = r"(?P<name>[A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?"
_GLUED = re.compile(r"(?<=[^\s-])--(?=(?:hash|config-settings?|global-option)[\s=])")
_HASHES: Mapping[str, int] = {"sha256": 64, "sha384": 96, "sha512": 128}
_MORE_HASHES: Mapping[str, int] = {"md5": 32, "blake2b": 128}
"""Which only uv accepts."""
_GIT = re.compile(r"(?:git\+)?git@(?P<host>[\w.-]+):(?P<path>(?!//)\S+)", re.ASCII)
_REPOSITORY = re.compile(r"https?://(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)(?:/[\w.-]+){2}/?", re.ASCII)
_NO_GIT = ("hg+", "svn+", "bzr+")
_NEWER = ("-U", "--upgrade", "--user")


_WILDCARD = "'.*' is allowed only after '==' and '!='"
_MISTAKES: Sequence[tuple[re.Pattern[str], str, str, Callable[[re.Match[str]], str] | None]] = (
    (
        re.compile(rf"^(?P<head>{_NAME}\s*)=(?!=)(?P<version>\s*[\w.*+!]+)(=\w+)?$", re.ASCII),
        "pip needs '==' before a version, not '='",
        "Write '=='.",
        lambda found: f"{found['head']}=={found['version']}",
    ),
    (
        re.compile(r"=([<>])(?!=)"),
        "The comparison is reversed",
        "Write '>=' or '<='.",
        lambda found: found.re.sub(r"\1=", found.string),
    ),
    (
        re.compile(r"(>=|<)(\s*v?\d[\w.!]*?)\.\*", re.ASCII),
        _WILDCARD,
        "Delete '.*'.",
        lambda found: found.re.sub(r"\1\2", found.string),
    ),
    (re.compile(r"([<>]=?|~=)\s*v?\d[\w.!]*?\.\*", re.ASCII), _WILDCARD, "Write a version without '.*'.", None),
    (
        re.compile(r"~=\s*v?\d+(?![\w.!])", re.ASCII),
        "'~=' needs at least two numbers",
        "Write '.0' after it.",
        lambda found: f"{found.string[: found.end()]}.0{found.string[found.end() :]}",
    ),
    (
        re.compile(r"#"),
        "A comment begins with a space",
        "Put a space before '#'.",
        lambda found: found.string.replace("#", "  #", 1),
    ),
    (
        re.compile(rf"^{_NAME}\s+\([^()]*/[^()]*\)(?P<rest>.*)", re.ASCII),
        "The folder in parentheses is one on the machine of the export",
        "Delete it.",
        lambda found: f"{found['name']}{found['rest']}",
    ),
    (re.compile(r"""^(['"])(.*)\1$"""), "It is in quotes", "Delete the quotes.", lambda found: found[2]),
    (
        re.compile(r"^pip3? install\s+(.+)"),
        "This is a command",
        "Write the requirement alone.",
        lambda found: found[1],
    ),
    (
        re.compile(rf"^{_NAME}\s+[A-Za-z0-9]", re.ASCII),
        "There are several words in one line",
        "Write one requirement a line, and names without spaces.",
        None,
    ),
    (
        re.compile(rf"^{_NAME}[\s\w.*+=<>~!,-]*[=<>~!]\s*($|[,;])", re.ASCII),
        "There is no version after the comparison",
        "Write a version there, or the name alone.",
        None,
    ),
    (
        re.compile(r"(?:[<>]=?|~=)\s*[\w.!]+\+\w", re.ASCII),
        "A local version ('+...') is allowed only after '==' and '!='",
        "Delete it from the '+' on.",
        None,
    ),
)
"""Frequent mistakes: pattern, message, remedy, and the corrected line."""


@dataclass(frozen=True, slots=True)
class _Fault:
    """What is wrong with a line; ``wanted`` are the lines to write instead, if that is unambiguous."""

    message: str
    remedy: str
    wanted: tuple[str, ...] = ()
    is_error: bool = True


def pip_line_remarks(
    pip: Sequence[Scalar], lines: Sequence[str], installer: PipInstaller = "uv"
) -> Iterator[Diagnostic]:
    """Yield diagnostics on lines at which a job would fail, and only after all other packages are installed.

    Args:
        pip: the lines.
        lines: of the whole text.
        installer: reads them.
    """
    for line in _joined(pip):
        text = without_comment(line.text)
        seen = text if len(text) <= _SEEN else text[:_SEEN].rpartition(" ")[0]
        if not (fault := _fault(seen, installer)):
            continue
        fix = _fix(fault, Scalar(line.line, line.column, text), lines, installer) if seen == text else None
        severity: Severity = "error" if fault.is_error else "warning"
        message = f"'{shown(seen)}': {fault.message}."
        yield remark(severity, "invalid-requirement", line, message, fault.remedy, fix=fix)


def _joined(pip: Sequence[Scalar]) -> Iterator[Scalar]:
    """Yield the lines; one that ends in a backslash is joined with the next."""
    begun: Scalar | None = None
    for line in pip:
        text = f"{begun.text} {line.text.strip()}" if begun else line.text.strip()
        begun = Scalar(begun.line, begun.column, text) if begun else Scalar(line.line, line.column, text)
        if text.endswith("\\"):
            begun = Scalar(begun.line, begun.column, text[:-1].rstrip())
            continue
        yield begun
        begun = None
    if begun:
        yield begun


def _fix(fault: _Fault, node: Scalar, lines: Sequence[str], installer: PipInstaller) -> Fix | None:
    if not fault.wanted or any(_fault(text, installer) for text in fault.wanted):
        return None
    if len(fault.wanted) == 1:
        return rewrite(f"Change to {shown(fault.wanted[0])}", lines, [(node, fault.wanted[0])])
    return split(f"Split into {len(fault.wanted)} lines", lines, node, fault.wanted)


def _fault(text: str, installer: PipInstaller) -> _Fault | None:
    if not text:
        return None
    if found := _GLUED.search(text):
        wanted = f"{text[: found.start()]} {text[found.start() :]}"
        return _Fault("There is no space before the option", "Put a space before '--'.", (wanted,))
    line = parse(text)
    if line.has_open_quote:
        return _Fault("A quote is not closed", "Close it, or delete it.")
    return _of_options(line, installer) if not line.requirement else _of_requirement(line, installer)


def _of_options(line: PipLine, installer: PipInstaller) -> _Fault | None:
    """Check a line that begins with an option."""
    for option in line.options:
        if fault := _of_option(option, line, installer):
            return fault
    if line.rest and not (installer == "uv" and line.options[-1].is_flag):
        remedy = f"Write '{shown(' '.join(line.rest))}' on a line of its own."
        wanted = (*(text for option in line.options for text in option.lines), " ".join(line.rest))
        return _Fault("The text after the option is not read", remedy, wanted, is_error=installer == "uv")
    return None


def _of_option(option: Option, line: PipLine, installer: PipInstaller) -> _Fault | None:
    if not option.name:
        wanted = (" ".join(line.rest),) if line.rest and option.word in _NEWER and len(line.options) == 1 else ()
        remedy = "Delete it; write the name of a package alone, as in 'numpy>=2'."
        return _Fault("This is an option of pip's command line, not of a requirements file", remedy, wanted)
    if option.value is None:
        return _Fault(f"The option {option.word} has no value", "Write the value after it, or delete the line.")
    if option.name in OF_REQUIREMENTS and installer == "uv":
        return _Fault(f"The option {option.word} has no requirement", "Write it after the requirement that it is for.")
    return _of_value(option.name, option.value, installer, is_alone=len(line.options) == 1)


def _of_value(name: str, value: str, installer: PipInstaller, *, is_alone: bool) -> _Fault | None:
    if name in FILES and is_relative_url(value):
        path = value.removeprefix("file:")
        wanted = (f"-{name[0]} {path}",) if is_alone else ()
        return _Fault("A file URL needs an absolute path", f"Write the path alone: '{path}'.", wanted)
    if name == "editable":
        return _of_editable(value, installer)
    if name in ("index-url", "extra-index-url") and not re.match(r"[./]|.*[:$]", value):
        return _Fault(f"'{shown(value)}' is not a URL", "Write the full URL, as in 'https://pypi.org/simple'.")
    return None


def _of_editable(value: str, installer: PipInstaller) -> _Fault | None:
    if value.lower().endswith(ARCHIVES):
        return _Fault("An archive cannot be editable", "Delete '-e', or name the folder of the project.", (value,))
    name, at, place = value.partition(" @ ")
    if at and installer == "pip":
        return _Fault(f"pip allows no name after '-e', such as '{shown(name)}'", "Delete the name.", (f"-e {place}",))
    return None


def _of_requirement(line: PipLine, installer: PipInstaller) -> _Fault | None:
    """Check a requirement, and the options after it."""
    if fault := _of_its_options(line, installer):
        return fault
    if "${" in line.requirement:  # unknown until the installer runs
        return None
    if is_place(line.requirement):
        return _of_place(line.requirement, installer)
    if not line.requirement.endswith(";"):
        return _of_text(line.requirement, installer)
    text = line.requirement[:-1].rstrip()
    if installer == "uv":
        return _Fault("There is no condition after ';'", "Delete the ';'.", (text,))
    return _of_text(text, installer)


def _of_text(text: str, installer: PipInstaller) -> _Fault | None:
    """Check a requirement that begins with a name."""
    from packaging.requirements import Requirement  # noqa: PLC0415 - an idle server need not load it

    try:
        found = Requirement(text)
    except (ValueError, RecursionError) as error:
        return _of_form(text) or _Fault(f"pip cannot read it: {_reason(error)}", "Correct it, as in 'numpy>=2,<3'.")
    if found.url:
        name, _, place = text.partition("@")
        return _of_place(place.lstrip(), installer, name.rstrip())
    if not found.name[-1].isalnum():
        return _Fault("A name ends with a letter or a digit", "Correct the name.")
    return _of_exact(found) if installer == "uv" else None


def _reason(error: Exception) -> str:
    first = str(error).partition("\n")[0].strip().rstrip(".")
    return first[:1].lower() + first[1:] if isinstance(error, ValueError) else "it is nested too deeply"


def _of_its_options(line: PipLine, installer: PipInstaller) -> _Fault | None:
    own = [option for option in line.options if option.name in OF_REQUIREMENTS]
    for option in line.options:
        if not option.name:
            return _Fault(f"{shown(option.word)} is an option of pip's command line", "Delete it.")
        if option.value is None:
            return _Fault(f"The option {option.word} has no value", "Write the value after it.")
        if option.name == "hash" and not _is_hash(option.value, installer):
            remedy = "Write 'sha256:' and the 64 hexadecimal digits of the file."
            return _Fault(f"'{shown(option.value)}' is not the hash of a file", remedy)
        if option.name in OF_REQUIREMENTS and option.name != "hash" and installer == "uv":
            remedy = "Delete it, or set c.EnvKernels.pip_installer to 'pip'."
            return _Fault(f"uv does not know the option {option.word}", remedy)
    others = [option for option in line.options if option not in own]
    if not others:
        return _Fault("There is text after its options", "Delete it.") if line.rest else None
    wanted = (
        *(text for option in others for text in option.lines),
        " ".join([line.requirement, *(text for option in own for text in option.lines)]),
    )
    remedy = f"Write '{shown(others[0].lines[0])}' on a line of its own, before this one."
    message = f"The option {others[0].word.partition('=')[0]} cannot follow a requirement"
    return _Fault(message, remedy, wanted, is_error=installer == "uv")


def _is_hash(value: str, installer: PipInstaller) -> bool:
    kind, _, digits = value.partition(":")
    lengths = {**_HASHES, **_MORE_HASHES} if installer == "uv" else _HASHES
    return "$" in value or (len(digits) == lengths.get(kind) and re.fullmatch(r"[0-9A-Fa-f]+", digits) is not None)


def _of_exact(found: Requirement) -> _Fault | None:
    """Check ``===``, which compares texts in pip and versions in uv."""
    for condition in found.specifier:
        if condition.operator == "===":
            try:
                Version(condition.version)
            except InvalidVersion:
                return _Fault(f"'{shown(condition.version)}' is not a version", "Write a version, or '=='.")
    return None


def _of_form(text: str) -> _Fault | None:
    """Find the frequent mistake in a requirement that cannot be read."""
    for pattern, message, remedy, corrected in _MISTAKES:
        if found := pattern.search(text):
            return _Fault(message, remedy, (corrected(found),) if corrected else ())
    spaced = _with_commas(text)
    return _Fault("Conditions are separated by commas", "Put a comma between them.", (spaced,)) if spaced else None


def _with_commas(text: str) -> str:
    """Return a requirement with commas between its conditions, if that makes it valid."""
    from packaging.requirements import Requirement  # noqa: PLC0415

    found = re.match(_NAME, text)
    conditions, sign, marker = text[found.end() if found else 0 :].partition(";")
    with_commas = re.sub(r"(?<=[\w*])\s+(?=[<>=!~])", ",", conditions.strip())
    wanted = f"{text[: found.end() if found else 0]}{with_commas} {sign}{marker}".rstrip()
    try:
        Requirement(wanted)
    except (ValueError, RecursionError):
        return ""
    return wanted


def _of_place(text: str, installer: PipInstaller, name: str = "") -> _Fault | None:
    """Check a path or a URL.

    Args:
        text: the path or URL, and a condition after it.
        installer: reads it.
        name: the text before the '@'.
    """
    url, space, condition = text.partition(" ")
    head, tail = f"{name} @ " if name else "", space + condition
    if fault := _of_repository(url, head, tail, installer):
        return fault
    if url.startswith("~"):
        return _Fault("'~' is not expanded here", "Write the absolute path.")
    if name and installer == "pip" and ":" not in url:
        path = url if url.startswith((".", "/")) else f"./{url}"
        return _Fault("pip needs a URL after '@', not a path", "Write the path alone.", (path + tail,))
    return _of_archive(url, installer)


def _of_repository(url: str, head: str, tail: str, installer: PipInstaller) -> _Fault | None:
    def write(wanted: str) -> _Fault:
        return _Fault("This is not the URL of a package", f"Write '{shown(wanted)}'.", (f"{head}{wanted}{tail}",))

    if found := _GIT.fullmatch(url):
        return write(f"git+ssh://git@{found['host']}/{found['path']}")
    if url.startswith("git://"):
        return write(f"git+https://{url.removeprefix('git://')}")
    is_git = installer == "uv" and url.endswith(".git")  # which uv accepts
    if _REPOSITORY.fullmatch(url) and not is_git:
        return write(f"git+{url}")
    if url.startswith(_NO_GIT) and installer == "uv":
        return _Fault("uv supports only git repositories", "Set c.EnvKernels.pip_installer to 'pip'.")
    return None


def _of_archive(url: str, installer: PipInstaller) -> _Fault | None:
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return _Fault("This is not a URL", "Correct it.")
    is_remote = url.startswith(("https://", "http://"))
    if is_remote and installer == "uv" and not path.lower().endswith((*ARCHIVES, ".git")):
        remedy = "Write the URL of the file, or 'git+' before the URL of a repository."
        return _Fault("uv accepts URLs of packages that end in .whl, .tar.gz or .zip", remedy)
    if path.endswith(".whl"):
        try:
            parse_wheel_filename(path.rpartition("/")[2])
        except (InvalidWheelFilename, InvalidVersion):
            remedy = "Keep the original name of the wheel: NAME-VERSION-PYTHON-ABI-PLATFORM.whl."
            return _Fault(f"'{shown(path.rpartition('/')[2])}' is not the name of a wheel", remedy)
    return None
