"""Check a readable spec for mistakes and pitfalls, and suggest what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from packaging.utils import canonicalize_name

from ..models import ENVIRONMENT_NAME, RESERVED_NAMES, Diagnostic, PipInstaller
from .anaconda_tos import terms_remarks
from .document import Document
from .fixes import delete, loosened, rewrite
from .kernel_packages import kernel_packages_missing
from .match_specs import Dependency, with_signs_in_order
from .package_names import pip_name
from .pip_lines import pip_line_remarks
from .remarks import credentials, remark, shown
from .yaml_nodes import Scalar

_SAYS_NOTHING = re.compile(
    r"(my[-_]?)?(env|environment|test|tmp|temp|foo|untitled|new|conda|venv)[-_]?\d*", re.IGNORECASE
)
_NAME_LIKE = re.compile(r"[A-Za-z][A-Za-z-]+")
_PATHS = (("Windows", re.compile(r"[A-Za-z]:[\\/]")), ("macOS", re.compile(r"/Users/|/opt/homebrew/")))
_SELECTOR = re.compile(r"#\s*\[(not |)(win|osx|unix|linux|x86|x64|arm|aarch|ppc|s390)[^\]]*\]$")


def remarks(document: Document, kernel_packages: Sequence[str], installer: PipInstaller = "uv") -> Iterator[Diagnostic]:
    """Yield all diagnostics on a document other than errors in its structure, unordered.

    Args:
        document: as read.
        kernel_packages: packages to add where python has no kernel.
        installer: installs the pip lines.
    """
    rules: Sequence[Callable[[Document], Iterator[Diagnostic]]] = (
        _name,
        _prefix,
        _channels,
        _credentials,
        _selectors,
        _duplicates,
        _signs,
        _builds,
        _builds_like_names,
        _pip_sections,
        _pip_and_conda,
        _python,
    )
    for rule in rules:
        yield from rule(document)
    yield from pip_line_remarks(document.pip, document.lines, installer)
    yield from _kernel(document, kernel_packages)


def _name(document: Document) -> Iterator[Diagnostic]:
    name = document.name
    if name is None:
        return
    if name.text in RESERVED_NAMES:
        message = f"'{name.text}' is the name of conda's own environment."
        remedy = "Name it after its purpose, or give another name when you create it."
        yield remark("warning", "invalid-name", name, message, remedy)
    elif not ENVIRONMENT_NAME.fullmatch(name.text):
        yield remark(
            "warning",
            "invalid-name",
            name,
            f"'{shown(name.text)}' cannot be the name of an environment.",
            "Use letters, digits, dot, dash and underscore, and begin with a letter or a digit; "
            "or give another name when you create it.",
        )
    elif _SAYS_NOTHING.fullmatch(name.text):
        message = f"The name '{name.text}' says nothing, and is hard to find in the list of kernels."
        yield remark("info", "vague-name", name, message, "Name it after its purpose, such as 'ocean-2025'.")


def _prefix(document: Document) -> Iterator[Diagnostic]:
    prefix = document.prefix
    if prefix is None:
        return
    message = f"'prefix: {shown(prefix.text)}' is the folder of the exported environment, and is ignored."
    for system, path in _PATHS:
        if path.match(prefix.text):
            message += f" The export comes from {system}; on another system its exact builds do not exist."
    fix = delete("Delete the line", document.lines, "prefix", prefix)
    yield remark("info", "prefix-ignored", prefix, message, "Delete the line.", fix=fix)


def _channels(document: Document) -> Iterator[Diagnostic]:
    seen: dict[str, Scalar] = {}
    for channel in document.channels:
        first = seen.setdefault(channel.text.rstrip("/"), channel)
        if first is not channel:
            message = f"The channel {shown(channel.text)} is already in line {first.line}."
            yield remark("info", "duplicate-channel", channel, message, "Delete this line.")
    yield from terms_remarks(document.channels)


def _credentials(document: Document) -> Iterator[Diagnostic]:
    for node in (*document.channels, *(dependency.node for dependency in document.dependencies), *document.pip):
        yield from credentials(node)


def _selectors(document: Document) -> Iterator[Diagnostic]:
    for dependency in document.dependencies:
        line = document.lines[dependency.node.line - 1][-200:].rstrip()
        if found := _SELECTOR.search(line):
            message = f"'{found.group()}' is a comment: {dependency.name} is installed on every platform."
            remedy = "Delete the line if the package is not for this platform; write one file per platform."
            yield remark("warning", "platform-selector", dependency.node, message, remedy)


def _duplicates(document: Document) -> Iterator[Diagnostic]:
    firsts: dict[str, Dependency] = {}
    for dependency in document.dependencies:
        first = firsts.setdefault(dependency.name, dependency)
        if first is dependency:
            continue
        if first.text == dependency.text:
            message = f"{dependency.name} is listed already in line {first.node.line}."
            yield remark("info", "duplicate-package", dependency.node, message, "Delete this line.")
        else:
            message = (
                f"{dependency.name} is listed already in line {first.node.line}, as '{shown(first.text)}'; "
                "both lines must be satisfied."
            )
            remedy = "Keep one line, and separate conditions by a comma, as in 'numpy>=1.26,<2'."
            yield remark("warning", "duplicate-package", dependency.node, message, remedy)


def _signs(document: Document) -> Iterator[Diagnostic]:
    for node in (dependency.node for dependency in document.dependencies):
        meant = with_signs_in_order(node.text)
        if meant != node.text:
            message = f"'{shown(node.text)}': the comparison is reversed; conda reads '{shown(meant)}'."
            fix = rewrite(f"Change to {shown(meant)}", document.lines, [(node, meant)])
            yield remark("warning", "reversed-comparison", node, message, f"Write '{shown(meant)}'.", fix=fix)


def _builds(document: Document) -> Iterator[Diagnostic]:
    exact = [d for d in document.dependencies if d.build and "*" not in d.build and not _is_like_a_name(d)]
    if exact:
        yield remark(
            "info",
            "build-string",
            exact[0].node,
            f"{len(exact)} of {len(document.dependencies)} packages are pinned to a build such as '{exact[0].build}'; "
            "builds exist for one platform only, and channels drop old ones.",
            "If they are not found, delete the last '=...' of each line (conda env export --no-builds).",
            fix=rewrite("Remove all builds", document.lines, [(d.node, loosened(d.node.text, d.build)) for d in exact]),
        )


def _builds_like_names(document: Document) -> Iterator[Diagnostic]:
    for dependency in filter(_is_like_a_name, document.dependencies):
        message = f"'{shown(dependency.text)}': '{dependency.build}' is read as a build of {dependency.name}."
        remedy = "If it is a package, write it on a line of its own; put '=' before a build."
        yield remark("warning", "several-packages", dependency.node, message, remedy)


def _is_like_a_name(dependency: Dependency) -> bool:
    """Return whether the build follows a space and looks like a name: no digit and no wildcard."""
    return _NAME_LIKE.fullmatch(dependency.build) is not None and dependency.text.endswith(f" {dependency.build}")


def _pip_sections(document: Document) -> Iterator[Diagnostic]:
    for section in document.pip_sections[1:]:
        yield remark(
            "warning",
            "several-pip-sections",
            section,
            f"A second 'pip:' section: its lines are added to those of line {document.pip_sections[0].line}; "
            "conda would keep the last section only.",
            "Put all lines into one section.",
        )
    if document.pip_sections and all(dependency.name != "pip" for dependency in document.dependencies):
        message = "The spec has a 'pip:' section but does not list pip, which is therefore added."
        yield remark("info", "pip-added", document.pip_sections[0], message, "Add a line '- pip'.")


def _pip_and_conda(document: Document) -> Iterator[Diagnostic]:
    by_conda = {canonicalize_name(dependency.name): dependency for dependency in document.dependencies}
    for line in document.pip:
        dependency = by_conda.get(canonicalize_name(pip_name(line.text)))
        if dependency is not None and dependency.name != "pip":
            yield remark(
                "warning",
                "pip-and-conda",
                line,
                f"pip and conda (line {dependency.node.line}) both install {dependency.name}; "
                "pip's files would overwrite conda's.",
                "Keep one of the two lines, preferably conda's.",
            )


def _python(document: Document) -> Iterator[Diagnostic]:
    for dependency in document.dependencies:
        if dependency.name == "python" and not dependency.pinned:
            message = "No version of python is given: the newest is installed, which changes over time."
            yield remark("info", "unpinned-python", dependency.node, message, "Write a version, as in 'python=3.12'.")


def _kernel(document: Document, kernel_packages: Sequence[str]) -> Iterator[Diagnostic]:
    python = next((dependency for dependency in document.dependencies if dependency.name == "python"), None)
    if python is None:
        return
    names = [dependency.name for dependency in document.dependencies] + [pip_name(line.text) for line in document.pip]
    if missing := kernel_packages_missing(names, kernel_packages):
        listed = ", ".join(missing)
        message = f"{listed} will be added so that Jupyter can use this environment."
        yield remark(
            "info", "kernel-added", python.node, message, f"Add a line '- {missing[0]}' to choose the version."
        )
