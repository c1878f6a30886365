from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from jupyter_envkernels.engine.fetch.client import Network
from jupyter_envkernels.engine.solve.rattler_specs import Reader
from jupyter_envkernels.engine.solve.spec_lines import spec_lines_of
from jupyter_envkernels.envs.conda_config.condarc import Settings
from jupyter_envkernels.specs import read_document

TEXT = """\
dependencies:
  - numpy >=2
  - https://x.org/noarch/a-1-0.conda
  - __cuda
  - scipy
"""


def test_lines_that_ask_for_a_package_by_name_have_their_places(tmp_path: Path) -> None:
    document = read_document(TEXT)
    assert document is not None
    last = replace(document.dependencies[-1], text="scipy[md5=x]")
    document = replace(document, dependencies=(*document.dependencies[:-1], last))
    wishes, remarks = spec_lines_of(document, Reader(Settings(), Network(Settings(), tmp_path)))
    assert [(wish.line.name, wish.node.line) for wish in wishes] == [("numpy", 2), ("__cuda", 4)]
    assert [(remark.code, remark.line, remark.column) for remark in remarks] == [("invalid-match-spec", 5, 5)]
