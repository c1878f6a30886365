"""Decode the bytes of a spec, within a size limit."""

from __future__ import annotations

import codecs
import re

from .remarks import unreadable

MAX_BYTES = 256 * 1024
"""The largest spec that is read. An export of 1,000 packages has 50 kB; reading this much takes half a second."""

MAX_LOCK_BYTES = 8 * 1024 * 1024
"""The largest lock file that is read. It lists every package for every platform, and is cheap to read."""

HEAD = 64 * 1024
"""Number of characters in which formats are detected."""

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
# Characters that YAML does not allow: https://yaml.org/spec/1.2.2/#51-character-set. The complement of those that it
# allows would take a hundred times as long to compile.
_NOT_PRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

_CONFLICT = re.compile(r"^(<{7}|\|{7}|>{7})(?= |\r?$)", re.MULTILINE)  # what git leaves in a file


def decode(data: bytes) -> str:
    """Return the text of a file: UTF-8, or UTF-16 with a byte order mark (as Notepad and PowerShell write it).

    Raises:
        Unreadable: it is neither.
    """
    encoding = "utf-16" if data.startswith(_UTF16) else "utf-8"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line, column = place_of(data[: error.start].decode(encoding, "replace"))
        raise unreadable(
            "not-text",
            line,
            column,
            f"The file is not {encoding.upper()} text: byte {data[error.start]:#04x} at position {error.start} "
            "is not valid there.",
            "Save it as UTF-8, or choose a text file.",
        ) from error


def check_text(text: str, max_bytes: int = MAX_BYTES) -> str:
    """Return the text without its byte order mark.

    Raises:
        Unreadable: it is empty, too large, or contains control characters or the conflict markers of git.
    """
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise unreadable("empty", 1, 1, "The spec is empty.", "Begin with 'dependencies:' and a line '  - python'.")
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > max_bytes:
        raise unreadable(
            "too-large",
            1,
            1,
            f"The spec has {size:,} bytes; at most {max_bytes:,} are read.",
            "An environment.yml is much smaller; check that this is the right file.",
        )
    if found := _NOT_PRINTABLE.search(text):
        raise unreadable(
            "not-text",
            *place_of(text[: found.start()]),
            f"Character U+{ord(found.group()):04X} cannot be part of a spec.",
            "Delete it, or save the file again as UTF-8 text.",
        )
    if conflict := _CONFLICT.search(text):
        raise unreadable(
            "merge-conflict",
            *place_of(text[: conflict.start()]),
            "A git merge left its conflict markers here.",
            "Keep one of the two versions and delete the lines that begin with <<<<<<<, ======= and >>>>>>>.",
        )
    return text


def lines_of(text: str) -> list[str]:
    """Return the lines as YAML counts them, without their breaks."""
    return _LINE_BREAK.split(text)


def place_of(before: str) -> tuple[int, int]:
    """Return the line and column, from 1, that follow this text."""
    lines = lines_of(before)
    return len(lines), len(lines[-1]) + 1
