"""docs/specs.md lists the codes that there are."""

from __future__ import annotations

import re
from pathlib import Path

from jupyter_envkernels.specs import check

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


def documented() -> set[str]:
    section = (ROOT / "docs" / "specs.md").read_text().split("## Diagnostics")[1]
    first_cells = (line.split("|")[1] for line in section.splitlines() if line.startswith("| `"))
    return {code for cell in first_cells for code in re.findall(r"`([a-z-]+)`", cell)}


def test_each_code_that_an_example_gives_is_documented() -> None:
    examples = (*(HERE / "good").iterdir(), *(HERE / "bad").iterdir(), *(HERE / "other").iterdir())
    given = {diagnostic.code for path in examples for diagnostic in check(path.read_bytes()).diagnostics}
    assert len(given) > 30
    assert given <= documented()


def test_each_documented_code_is_given_somewhere() -> None:
    source = "".join(path.read_text() for path in (ROOT / "jupyter_envkernels").rglob("*.py"))
    assert {code for code in documented() if f'"{code}"' not in source} == set()
