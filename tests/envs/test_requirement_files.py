"""The files that lines of pip name are read as pip and uv read them, and bounded."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from jupyter_envkernels.envs.requirement_files import MAX_BYTES, MAX_FILES, lines_of_files, with_files
from jupyter_envkernels.models import LineEdit, PipInstaller
from jupyter_envkernels.specs import check


def told(line: str, folder: Path | None, **environ: str) -> list[str]:
    lines, problems = lines_of_files([line], folder, environ)
    assert problems == []
    return lines


def unreadable(lines: Sequence[str], folder: Path) -> list[str]:
    return [problem.message for problem in lines_of_files(lines, folder, {})[1]]


@pytest.mark.parametrize(
    "line",
    [
        "-r a.txt",
        "-ra.txt",
        "-c a.txt",
        "--requirement a.txt",
        "--requirement=a.txt",
        "--constraint 'a.txt'",
        '--pre -r "a.txt"',
        "--constraint absent.txt -r a.txt",
        "-r ${FOLDER}/a.txt",
        "-r file://${FOLDER}/a.txt",
    ],
)
def test_every_way_to_name_a_file(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.txt").write_text("# ${COMMENT}\none \\\n  ${TWO}\n")
    assert told(line, tmp_path, FOLDER=str(tmp_path)) == ["one   ${TWO}"]


def test_uv_reads_spaces_in_names(tmp_path: Path) -> None:
    (tmp_path / "a b.txt").write_text("one")
    assert told("-r a b.txt", tmp_path) == ["one"]


def test_files_name_files_beside_them(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "a.txt").write_text("-r in/b.txt\n-r a.txt")
    (tmp_path / "in" / "b.txt").write_bytes("-c c.txt".encode("utf-16"))
    (tmp_path / "in" / "c.txt").write_text("${C}")
    assert told("-r a.txt", tmp_path) == ["-r in/b.txt", "-r a.txt", "-c c.txt", "${C}"]
    assert told("-r a.txt", None) == []
    assert told(f"-r {tmp_path}/in/c.txt", Path(os.devnull)) == ["${C}"]
    assert told("-r a.txt", Path(os.devnull)) == []


@pytest.mark.parametrize("name", ["pipe", "large.txt", "/dev/zero", ".", "latin.txt", "utf-7.txt"])
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large.txt").write_bytes(b"x" * (MAX_BYTES + 1))
    (tmp_path / "latin.txt").write_bytes(b"# \xe4")
    (tmp_path / "utf-7.txt").write_bytes(b"# coding: utf-7\n+ACQ-{JUPYTER_TOKEN}")
    (message,) = unreadable([f"-r {name}"], tmp_path)
    assert "cannot be checked" in message


@pytest.mark.parametrize("name", ["absent.txt", "x" * 5000])
def test_what_is_not_there_is_the_affair_of_the_installer(tmp_path: Path, name: str) -> None:
    lines, _ = lines_of_files([f"-r {name}"], tmp_path, {})
    assert lines == []


def test_there_are_not_too_many(tmp_path: Path) -> None:
    for number in range(MAX_FILES + 1):
        (tmp_path / f"{number}.txt").write_text(f"-r {number + 1}.txt")
    (message,) = unreadable(["-r 0.txt"], tmp_path)
    assert message.endswith(f"more than {MAX_FILES} files are named.")


def said(text: str, folder: Path | None, installer: PipInstaller = "uv") -> list[tuple[int | None, str]]:
    checked = with_files(check(text, ()), text, folder, installer)
    return [(each.line, each.message) for each in checked.diagnostics if each.severity == "error"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a project, and files of requirements."""
    for name in ("mine", "plain", "wheels"):
        (tmp_path / name).mkdir()
    (tmp_path / "mine" / "pyproject.toml").touch()
    (tmp_path / "more.txt").write_text("rich>=13\n-r other.txt\n")
    (tmp_path / "other.txt").write_text("six\n")
    (tmp_path / "mine-1.0.tar.gz").touch()
    return tmp_path


def test_paths_that_are_there(folder: Path) -> None:
    lines = ["-rmore.txt", "-c other.txt", "-e mine", "./mine[x]", "mine @ file:mine", "mine-1.0.tar.gz", "-f wheels"]
    lines += [f"mine @ file://{folder}/mine", f"-r {folder}/more.txt", "-r https://host/x.txt", "git+file:///none"]
    assert said("\n".join(["rich", *lines]), folder) == []


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("-rnone.txt", "There is no file {}/none.txt."),
        ("-c mine", "{}/mine is a folder."),
        ("-e ./none", "There is no file or folder {}/none."),
        ("-e more.txt", "{}/more.txt is not a folder."),
        ("plain/", "The folder {}/plain has neither pyproject.toml nor setup.py, so it cannot be installed."),
        ("mine @ file:mine#subdirectory=in", "There is no file or folder {}/mine/in."),
        ("-f none", "There is no file or folder {}/none."),
    ],
)
def test_paths_that_are_not_there(folder: Path, line: str, reason: str) -> None:
    assert said(f"rich\n{line}\n", folder) == [(2, f"'{line}': {reason.format(folder)}")]
    assert said(f"rich\n{line}\n", None) == []


def test_pip_goes_on_without_a_folder_of_wheels(folder: Path) -> None:
    assert said("rich\n-f none\n", folder, "pip") == []


def test_a_whole_path_is_known_without_a_folder() -> None:
    text = "dependencies:\n  - pip:\n    - 'demo @ file:///none/work'\n"
    checked = with_files(check(text, ()), text, None, "uv")
    (found,) = [each for each in checked.diagnostics if each.severity == "error"]
    assert found.fix is not None
    assert found.fix.edits == (LineEdit(3, "    - 'demo @ file:///none/work'", "    - 'demo'"),)


def test_lines_of_files_are_judged_too(folder: Path) -> None:
    (folder / "other.txt").write_text("# six>=1.*\nsix>=1.*\n-cmore.txt\n")
    file = folder / "more.txt"
    assert said("rich\n-r more.txt\n", folder) == [
        (2, f"In {file}: 'six>=1.*': '.*' is allowed only after '==' and '!='."),
        (2, f"In {file}: '-cmore.txt': uv reads only full options, one a line."),
    ]
    assert len(said("rich\n-r more.txt\n", folder, "pip")) == 1
