"""The engine's failures in a person's words. Pure: text in, text or failure out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

from ..errors import DiskFull, DownloadFailed, LinkFailed, OperationFailed


def missing_packages(unknown: Sequence[str], known: Iterable[str]) -> str:
    """A sentence for each name that no channel has, with the nearest names that there are."""
    names = sorted(known)
    sentences = []
    for name in unknown:
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.7)
        guess = f" Did you mean {' or '.join(near)}?" if near else ""
        sentences.append(f"No channel has a package named {name}.{guess}")
    return " ".join(sentences)


def unsatisfiable(first: str, second: str) -> str:
    """The solver's reason: a sentence on top, its tree below.

    Args:
        first: what the solver said of the specs.
        second: what it said of bare names under the specs as constraints; more telling, where it says anything.
    """
    tree = second or first
    lines = list(dict.fromkeys(line.rstrip() for line in tree.splitlines() if line.strip()))
    return "These packages cannot be installed together:\n" + "\n".join(_plain(line) for line in lines)


def _plain(line: str) -> str:
    """Without the solver's own preface and its placeholder for 'any version'."""
    return line.removeprefix("Cannot solve the request because of: ").replace(" * ", " ")


def install_failure(text: str) -> OperationFailed:
    """The failure that the installer's message stands for."""
    lowered = text.lower()
    if "no space left" in lowered or "quota exceeded" in lowered:
        return DiskFull(
            f"No space is left on the disk: {text}",
            remedy="Remove environments that you no longer need, or ask for more space.",
        )
    if any(word in lowered for word in ("fetch", "download", "hash mismatch", "checksum", "http", "extracting url")):
        return DownloadFailed(
            f"A package cannot be fetched: {text}",
            remedy="Try again; if it stays, the channel's copy of the package is damaged or out of reach.",
        )
    return LinkFailed(f"The packages cannot be installed: {text}")
