from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_envkernels.envs.conda_roots import designated_root, home_of, is_root, usual_roots
from tests.prefixes import add_program, environ_of, make_prefix


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The root prefix of a conda that is on no PATH."""
    root = make_prefix(tmp_path / "conda")
    (root / "condabin").mkdir()
    add_program(root, "conda")
    return root


@pytest.mark.parametrize("variable", ["CONDA_ROOT", "MAMBA_ROOT_PREFIX"])
def test_variables_name_the_root(tmp_path: Path, variable: str) -> None:
    assert designated_root(environ_of(tmp_path, **{variable: "/somewhere"}), tmp_path) == Path("/somewhere")


def test_conda_exe_lies_in_the_root(root: Path, tmp_path: Path) -> None:
    assert designated_root(environ_of(tmp_path, CONDA_EXE=f"{root}/bin/conda"), tmp_path) == root
    assert designated_root(environ_of(tmp_path, CONDA_EXE="conda"), tmp_path) is None


def test_the_running_prefix_is_a_root_or_lies_in_one(root: Path, tmp_path: Path) -> None:
    assert designated_root(environ_of(tmp_path), root) == root
    assert designated_root(environ_of(tmp_path), root / "envs/jupyter") == root
    assert designated_root(environ_of(tmp_path), root / "other/jupyter") is None


def test_a_conda_on_the_path_is_followed_home(root: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/conda").symlink_to(root / "bin/conda")
    assert designated_root(environ_of(tmp_path, PATH=f"/usr/bin:{tmp_path}/bin"), tmp_path) == root


def test_usual_places(tmp_path: Path) -> None:
    roots = usual_roots(environ_of(tmp_path))
    assert {tmp_path / "miniforge3", Path("/opt/conda"), Path("/usr/local/miniconda3")} <= set(roots)
    assert tmp_path / "micromamba" in roots


def test_condabin_marks_a_root(root: Path, tmp_path: Path) -> None:
    assert is_root(root)
    assert not is_root(make_prefix(tmp_path / "env"))


def test_what_was_made_here_is_no_root(root: Path) -> None:
    (root / "conda-meta" / ".envkernels-committed").write_text("job")
    assert not is_root(root)


def test_home(tmp_path: Path) -> None:
    assert home_of({"HOME": str(tmp_path)}) == tmp_path
    assert home_of({}) == Path.home()
