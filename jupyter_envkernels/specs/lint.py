"""Remarks on a spec that can be read: what it will cost its author, and what to write instead."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from ..models import Diagnostic
from .document import Document
from .kernel_packages import kernel_packages_missing
from .match_specs import Dependency
from .nodes import Scalar
from .remarks import remark

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}")
_SAYS_NOTHING = re.compile(
    r"(my[-_]?)?(env|environment|test|tmp|temp|foo|untitled|new|conda|venv)[-_]?\d*", re.IGNORECASE
)
_RESERVED = ("base", "root")
_CREDENTIALS = re.compile(r"://[^/\s@]+@|/t/(?![$<{])[^/]+/")
_PATH_OF_ANOTHER_PLATFORM = re.compile(r"[A-Za-z]:[\\/]|/Users/")
_SELECTOR = re.compile(r"#\s*\[(?P<platform>[^\]]+)\]\s*$")
_PIP_NAME = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[|[=<>~!;@]|$)")


def remarks(document: Document, kernel_packages: Sequence[str]) -> Iterator[Diagnostic]:
    """Everything to be said of a document beside errors in its structure, in no order.

    Args:
        document: as read.
        kernel_packages: what is added where python has no kernel.
    """
    rules: Sequence[Callable[[Document], Iterator[Diagnostic]]] = (
        _name,
        _prefix,
        _channels,
        _duplicates,
        _builds,
        _pip_sections,
        _pip_and_conda,
        _python,
    )
    for rule in rules:
        yield from rule(document)
    yield from _kernel(document, kernel_packages)


def _name(document: Document) -> Iterator[Diagnostic]:
    name = document.name
    if name is None:
        return
    if not _NAME.fullmatch(name.text):
        yield remark(
            "warning",
            "invalid-name",
            name,
            f"'{name.text}' cannot be the name of an environment.",
            "Use letters, digits, dot, dash and underscore, and begin with a letter or a digit; "
            "or give another name when you create it.",
        )
    elif name.text in _RESERVED:
        message = f"'{name.text}' is the name of conda's own environment."
        yield remark("warning", "invalid-name", name, message, "Name it for the work that it is for.")
    elif _SAYS_NOTHING.fullmatch(name.text):
        message = f"The name '{name.text}' says nothing, and will be one of many in the list of kernels."
        yield remark("info", "vague-name", name, message, "Name it for the work that it is for, such as 'ocean-2025'.")


def _prefix(document: Document) -> Iterator[Diagnostic]:
    if document.prefix is None:
        return
    message = f"'prefix: {document.prefix.text}' is a folder of whoever exported the spec, and is ignored."
    if _PATH_OF_ANOTHER_PLATFORM.match(document.prefix.text):
        message += " It is one of another operating system: some packages may not exist for this one."
    yield remark("info", "prefix-ignored", document.prefix, message, "Delete the line.")


def _channels(document: Document) -> Iterator[Diagnostic]:
    seen: dict[str, Scalar] = {}
    for channel in document.channels:
        if channel.text.rstrip("/") in seen:
            message = f"The channel {channel.text} is already in line {seen[channel.text.rstrip('/')].line}."
            yield remark("info", "duplicate-channel", channel, message, "Delete the second line.")
        seen.setdefault(channel.text.rstrip("/"), channel)
        yield from _channel(channel)


def _channel(channel: Scalar) -> Iterator[Diagnostic]:
    if _CREDENTIALS.search(channel.text):
        yield remark(
            "warning",
            "credentials-in-channel",
            channel,
            "This URL holds a password or a token, for everybody to read who gets the file.",
            "Take it out, and keep it in conda's configuration, in ~/.netrc, or in an environment variable.",
        )
    if channel.text == "defaults" or "repo.anaconda.com/pkgs" in channel.text or channel.text == "anaconda":
        yield remark(
            "info",
            "terms-of-service",
            channel,
            f"The channel '{channel.text}' is Anaconda's; its terms of service ask larger organisations to pay.",
            "Use 'conda-forge' alone, with 'nodefaults' beside it, unless you have a licence.",
        )


def _duplicates(document: Document) -> Iterator[Diagnostic]:
    by_name: dict[str, list[Dependency]] = defaultdict(list)
    for dependency in document.dependencies:
        by_name[dependency.name].append(dependency)
    for name, (first, *others) in by_name.items():
        for other in others:
            same = "for the second time" if other.text == first.text else f"beside '{first.text}'"
            yield remark(
                "warning",
                "duplicate-package",
                other.node,
                f"{name} is asked for {same}; the first is in line {first.node.line}, and both must be satisfied.",
                "Keep one line; join conditions by a comma, as in 'numpy>=1.26,<2'.",
            )


def _builds(document: Document) -> Iterator[Diagnostic]:
    exact = [dependency for dependency in document.dependencies if dependency.build and "*" not in dependency.build]
    if exact:
        yield remark(
            "info",
            "build-string",
            exact[0].node,
            f"{len(exact)} of {len(document.dependencies)} packages are pinned to a build such as '{exact[0].build}'; "
            "builds exist for one platform only, and channels drop old ones.",
            "If they are not found, delete the last '=...' of each line (conda env export --no-builds).",
        )


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
    by_conda = {_normal(dependency.name): dependency for dependency in document.dependencies}
    for line in document.pip:
        dependency = by_conda.get(_normal(pip_name(line.text)))
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
            message = "No version of python is given: the newest is taken, which differs from one month to the next."
            yield remark("info", "unpinned-python", dependency.node, message, "Write a version, as in 'python=3.12'.")


def _kernel(document: Document, kernel_packages: Sequence[str]) -> Iterator[Diagnostic]:
    python = next((dependency for dependency in document.dependencies if dependency.name == "python"), None)
    if python is None:
        return
    names = [dependency.name for dependency in document.dependencies] + [pip_name(line.text) for line in document.pip]
    if missing := kernel_packages_missing(names, kernel_packages):
        listed = ", ".join(missing)
        message = f"No package here is a Jupyter kernel, so {listed} is added."
        yield remark("info", "kernel-added", python.node, message, f"Add a line '- {missing[0]}'.")


def pip_name(line: str) -> str:
    """The name of the package that a requirement line asks for, lower case; empty for options, paths and URLs."""
    found = _PIP_NAME.match(line.strip())
    return found["name"].lower() if found else ""


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name)
