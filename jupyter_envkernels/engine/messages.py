"""Build sentences about specs that have no solution. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..suggestions import did_you_mean

_MAX_LINES = 60
_MAX_WORDS = 5
_LACKING = re.compile(r"(?P<spec>[^\s─│├└][^─│├└]*?), for which no candidates were found")
_HIDDEN = re.compile(
    r"(?P<spec>[^\s─│├└][^─│├└\n]*?), which cannot be installed because there are no viable options:\s*"
    r"[^\n]* is excluded because due to strict channel priority not using this option from: '(?P<url>[^']*)'"
)
MOVE_TO_PIP = "Move it to the pip section, so that pip installs it from PyPI."
_PLATFORMS = {"win": "Windows", "osx": "macOS", "linux": "Linux", "unix": "Linux or macOS"}


def missing_packages(unknown: Sequence[str], known: Iterable[str]) -> str:
    """Return a sentence for each name that no channel has, with "Did you mean" for similar names."""
    names = frozenset(known)
    return " ".join(f"No channel has a package named {name}. {did_you_mean(name, names)}".rstrip() for name in unknown)


def only_elsewhere(name: str, platforms: Sequence[str], here: str) -> str:
    """Return a sentence for a package that the channels have for other platforms only."""
    return f"The package {name} exists for {listed(platforms)} only, and this machine is {here}."


def only_as_wheel(name: str, channel: str) -> str:
    """Return a sentence for a package that a channel, such as conda-pypi, has only as a wheel."""
    return f"{name} is in the channel {channel} only as a wheel of PyPI, which cannot be installed as a conda package."


def lacking_specs(reason: str) -> list[str]:
    """Return the match specs for which the solver found no package, each once."""
    return list(dict.fromkeys(found["spec"] for found in _LACKING.finditer(reason)))


def hidden_by_priority(reason: str) -> list[tuple[str, str]]:
    """Return match specs that strict channel priority excluded, each with the URL of the channel that has it."""
    return list(dict.fromkeys((found["spec"], found["url"]) for found in _HIDDEN.finditer(reason)))


def machine_lacks(spec: str, machine: Mapping[str, str]) -> tuple[str, str]:
    """Return what this machine lacks, in words for a virtual package, and the remedy.

    Args:
        spec: such as ``__cuda >=12``; see conda's documentation, "Managing virtual packages".
        machine: name -> version of the virtual packages of this machine.
    """
    name, _, version = spec.partition(" ")
    version = version.strip().rstrip("*").rstrip(".")
    has = machine.get(name)
    kind = name.strip("_")
    if kind == "cuda":
        number = re.search(r"[\d.]+", version)
        wanted = number[0] if number else "12"
        return (
            f"a GPU with CUDA{f' {version}' if version else ''}, and "
            + (f"the driver of this machine offers CUDA {has}" if has else "this machine has none"),
            f"Where kernels will run on such a machine, start Jupyter with CONDA_OVERRIDE_CUDA={wanted}.",
        )
    if kind in _PLATFORMS:
        wanted, this = _PLATFORMS[kind], f", and this is {has}" if has else ""
        return f"{wanted}{f' {version}' if version else ''}{this or ', and this machine has another system'}", ""
    what = {"glibc": "the C library glibc"}.get(kind, kind)
    has = f"this machine has {has}" if has else "this machine does not have it"
    return f"{what}{f' {version}' if version else ''}, and {has}", ""


def short_version(version: str) -> str:
    """Return major and minor version."""
    return ".".join(version.split(".")[:2])


def listed(words: Sequence[str], conjunction: str = "and") -> str:
    """Join words for a sentence: ``a, b and c``."""
    head, tail = list(words[:-1]), words[-1]
    return f"{', '.join(head)} {conjunction} {tail}" if head else tail


def some(words: Sequence[str], conjunction: str = "and") -> str:
    """Join the first few distinct words for a sentence."""
    unique = list(dict.fromkeys(words))
    if len(unique) > _MAX_WORDS:
        unique = [*unique[: _MAX_WORDS - 1], "others"]
    return listed(unique, conjunction)


def first_of(words: Sequence[str], most: int) -> str:
    """Join the first words and count the others: ``a, b and 3 more``."""
    rest = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + rest


def tree(reason: str) -> str:
    """Return the solver's tree without preface and repeated branches, cut to a readable length."""
    lines = [_plain(line) for line in reason.splitlines() if line.strip()]
    nodes = list(_without_twins([_node(line) for line in lines]))
    rest = len(nodes) - _MAX_LINES
    return _drawn(nodes[:_MAX_LINES]) + (f"\n... and {rest} more lines" if rest > 0 else "")


def _node(line: str) -> tuple[int, str]:
    """Return depth and label of a line of a tree, whose branches are drawn three characters wide."""
    label = line.lstrip("│├└─ ")
    return (len(line) - len(label)) // 3, label.rstrip()


def _without_twins(nodes: Sequence[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Skip each branch that an earlier one below the same parent repeats."""
    seen: dict[int, set[tuple[str, ...]]] = {}
    position = 0
    while position < len(nodes):
        depth = nodes[position][0]
        end = next((i for i in range(position + 1, len(nodes)) if nodes[i][0] <= depth), len(nodes))
        branch = tuple(label for _, label in nodes[position:end])
        if branch in seen.setdefault(depth, set()):
            position = end
            continue
        seen = {level: branches for level, branches in seen.items() if level <= depth}
        seen[depth].add(branch)
        yield nodes[position]
        position += 1


def _drawn(nodes: Sequence[tuple[int, str]]) -> str:
    lines = []
    for position, (depth, label) in enumerate(nodes):
        following = nodes[position + 1 :]
        trunks = "".join("│  " if _goes_on(following, level) else "   " for level in range(1, depth))
        fork = ("├─ " if _goes_on(following, depth) else "└─ ") if depth else ""
        lines.append(f"{trunks}{fork}{label}")
    return "\n".join(lines)


def _goes_on(following: Sequence[tuple[int, str]], level: int) -> bool:
    """Return whether the branch at a level has another member further below."""
    return next((depth == level for depth, _ in following if depth <= level), False)


def _plain(line: str) -> str:
    """Remove the solver's preface and its placeholder for "any version"."""
    return re.sub(r" \*(?=[ ,]|$)", "", line.removeprefix("Cannot solve the request because of: "))
