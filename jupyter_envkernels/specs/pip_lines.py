"""Lines that pip and uv refuse (https://pip.pypa.io/en/stable/reference/requirements-file-format/)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..models import Diagnostic, Fix
from .fixes import rewrite
from .nodes import Scalar
from .remarks import remark, shown

# The options that a requirements file may have on a line of their own.
_OPTION = re.compile(
    r"(-[rceif]|--(requirement|constraint|editable|index-url|extra-index-url|no-index|find-links|no-binary|only-binary"
    r"|prefer-binary|require-hashes|pre|trusted-host|use-feature))([\s=./]|$)"
)
_NAME = r"(?P<name>[A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?"
_WORDS = re.compile(rf"{_NAME}\s+[A-Za-z0-9]", re.ASCII)
_SINGLE = re.compile(rf"{_NAME}\s*(?P<sign>=)(?!=)\s*[\w.*+!]+$", re.ASCII)
_NO_VERSION = re.compile(rf"{_NAME}[\s\w.*+=<>~!,-]*[=<>~!]\s*($|[,;])", re.ASCII)
_COMMENT = re.compile(r"\s#")
_SEEN = 200
"""Characters of a line that are looked at."""


def pip_line_remarks(pip: Sequence[Scalar], lines: Sequence[str]) -> Iterator[Diagnostic]:
    """What is to be said of lines that would fail a job only when all other packages are installed.

    Args:
        pip: the lines.
        lines: of the whole text.
    """
    for line in pip:
        text = _COMMENT.split(line.text.strip()[:_SEEN])[0].rstrip()
        fix: Fix | None = None
        if text.startswith("-"):
            if _OPTION.match(text):
                continue
            message = "This is an option of pip's command line, not of a requirements file"
            remedy = "Delete it; write the name of a package alone, as in 'numpy>=2'."
        elif _WORDS.match(text):
            message, remedy = (
                "Several words stand in one line",
                "Write one requirement a line, and names without spaces.",
            )
        elif single := _SINGLE.match(text):
            message, remedy = "pip writes '==' before a version, and '=' nowhere", "Write '=='."
            wanted = text[: single.start("sign")] + "=" + text[single.start("sign") :]
            fix = rewrite(f"Write {wanted}", lines, [(Scalar(line.line, line.column, text), wanted)])
        elif _NO_VERSION.match(text):
            message, remedy = "There is no version behind the comparison", "Write a version there, or the name alone."
        else:
            continue
        yield remark("error", "invalid-requirement", line, f"'{shown(text)}': {message}.", remedy, fix=fix)
