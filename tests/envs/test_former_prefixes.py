from __future__ import annotations

import os
from pathlib import Path

from jupyter_envkernels.envs.former_prefixes import FORMER_PREFIXES, read_former_prefixes


def test_former_prefixes_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / FORMER_PREFIXES).write_bytes(b"/envs/one\n\n/envs/m\xfcller\n")
    assert read_former_prefixes(tmp_path) == (Path("/envs/one"), Path(os.fsdecode(b"/envs/m\xfcller")))


def test_an_environment_that_was_never_renamed_or_cannot_be_read_has_none(tmp_path: Path) -> None:
    assert read_former_prefixes(tmp_path) == ()
    (tmp_path / FORMER_PREFIXES).mkdir(parents=True)
    assert read_former_prefixes(tmp_path) == ()
