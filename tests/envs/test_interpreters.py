from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.envs.interpreters import is_packaged, other_prefix
from tests.prefixes import make_prefix


def test_the_prefix_in_which_an_interpreter_lies(tmp_path: Path) -> None:
    mine, other = make_prefix(tmp_path / "mine"), make_prefix(tmp_path / "other")
    (tmp_path / "link").symlink_to(mine)
    assert other_prefix(f"{mine}/bin/python", str(mine)) == ""
    assert other_prefix(f"{tmp_path}/link/bin/python", str(mine)) == ""
    assert other_prefix(f"{mine}/bin/../../other/bin/python", str(mine)) == str(other)
    assert other_prefix(f"{tmp_path}/python", str(mine)) == ""


@pytest.mark.parametrize(
    ("record", "text"),
    [
        ("conda-meta/a-1-0.json", '{"files": ["share/x/kernel.json"]}'),
        ("lib/python3.12/site-packages/a-1.dist-info/RECORD", "../../../share/x/kernel.json,sha256=aa,1\n"),
    ],
)
def test_a_file_of_a_package_is_one_that_a_record_names(tmp_path: Path, record: str, text: str) -> None:
    prefix = make_prefix(tmp_path / "lesson")
    (prefix / "lib" / "python3.12" / "site-packages").mkdir(parents=True)
    assert not is_packaged(str(prefix), "share/x/kernel.json")
    (prefix / record).parent.mkdir(exist_ok=True)
    (prefix / record).write_text(text)
    assert is_packaged(str(prefix), "share/x/kernel.json")
    assert not is_packaged(str(prefix), "x/kernel.json")
