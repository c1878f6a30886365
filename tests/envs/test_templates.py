from __future__ import annotations

import logging
import os
import re
import time
from pathlib import Path

import pytest

from jupyter_envkernels.envs import templates as module
from jupyter_envkernels.envs.templates import Template, Templates
from jupyter_envkernels.envs.trust import Trust

DOCS = Path(__file__).parents[2] / "docs" / "administration.md"
SPEC = "name: lesson\ndependencies:\n  - python\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "templates"
    folder.mkdir()
    return folder


def names(folder: Path) -> list[str]:
    return [template.name for template in Templates((folder,), Trust).read()]


@pytest.mark.parametrize(
    ("top", "title", "description"),
    [
        ("", "lesson", ""),
        ("# Data science\n", "Data science", ""),
        ("# Data science\n# numpy, pandas\n#   and friends\n", "Data science", "numpy, pandas\nand friends"),
        ("#\n## Data science ##\n#\n# First.\n#\n# Second.\n", "Data science ##", "First.\n\nSecond."),
        ("# Data science\n\n# no part of it\n", "Data science", ""),
        ("\n# Data science\n", "lesson", ""),
        ("\ufeff# Data science\r\n# numpy\r\n", "Data science", "numpy"),
    ],
)
def test_title_and_description(folder: Path, top: str, title: str, description: str) -> None:
    (folder / "science.yml").write_bytes((top + SPEC).encode())
    text = (top + SPEC).removeprefix("\ufeff")
    assert Templates((folder,), Trust).read() == (Template("science", title, description, text),)


def test_a_spec_without_a_name_has_that_of_its_file(folder: Path) -> None:
    (folder / "science.yml").write_text("dependencies: [python]")
    assert [template.title for template in Templates((folder,), Trust).read()] == ["science"]


def test_other_formats_are_offered_and_other_files_are_not(folder: Path) -> None:
    (folder / "b.yaml").write_text(SPEC)
    (folder / "a.txt").write_text("@EXPLICIT\nhttps://conda.example/forge/noarch/xz-1.0-0.conda\n")
    (folder / "c.txt").write_text("requests==2.32\n")
    (folder / ".hidden.yml").write_text(SPEC)
    (folder / "README.md").write_text("# Templates")
    (folder / "deeper").mkdir()
    (folder / "deeper" / "d.yml").write_text(SPEC)
    assert names(folder) == ["a", "b", "c"]


def test_the_first_folder_wins(tmp_path: Path, folder: Path) -> None:
    (folder / "lesson.yml").write_text("# Ours\n" + SPEC)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "lesson.yml").write_text("# Theirs\n" + SPEC)
    (tmp_path / "site" / "all.yml").write_text("# All\n" + SPEC)
    found = Templates((folder, tmp_path / "absent", tmp_path / "site"), Trust).read()
    assert [template.title for template in found] == ["Ours", "All"]


def test_what_cannot_be_used_is_left_out_and_named_once(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MAX_BYTES", 1000)
    caplog.set_level(logging.WARNING)
    (folder / "good.yml").write_text(SPEC)
    (folder / "broken.yml").write_text("dependencies: [python\n")
    (folder / "binary.yml").write_bytes(b"\xff\xfe\x00")
    (folder / "big.yml").write_text("#" * 1001)
    (folder / "empty.yml").write_text("")
    (folder / "link.yml").symlink_to("nowhere")
    (folder / "loop.yml").symlink_to("loop.yml")
    (folder / "folder.yml").mkdir()
    os.mkfifo(folder / "pipe.yml")
    templates = Templates((folder, folder / "absent"), Trust)
    for _ in range(2):
        assert [template.name for template in templates.read()] == ["good"]
    left_out = sorted(Path(record.getMessage().split()[2]).name for record in caplog.records)
    assert left_out == sorted(
        ["absent", "big.yml", "binary.yml", "broken.yml", "empty.yml", "folder.yml", "link.yml", "loop.yml", "pipe.yml"]
    )
    (broken,) = [record.getMessage() for record in caplog.records if "broken.yml" in record.getMessage()]
    assert "broken.yml is skipped: line 2: " in broken


def test_links_are_followed(folder: Path, tmp_path: Path) -> None:
    """As in a volume of Kubernetes."""
    (folder / "..data").mkdir()
    (folder / "..data" / "lesson.yml").write_text(SPEC)
    (folder / "lesson.yml").symlink_to("..data/lesson.yml")
    assert names(folder) == ["lesson"]


def test_limits_of_number_and_size(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abcd":
        (folder / f"{name}.yml").write_text(SPEC)
    monkeypatch.setattr(module, "_MAX_FILES", 3)
    assert names(folder) == ["a", "b", "c"]
    assert "d.yml is skipped: there are more than 3." in caplog.text
    monkeypatch.setattr(module, "_MAX_ALL_BYTES", 2 * len(SPEC))
    assert names(folder) == ["a", "b"]


def test_a_file_is_read_again_when_it_has_changed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "lesson.yml").write_text(SPEC)
    os.utime(folder / "lesson.yml", (time.time() - 60,) * 2)
    templates = Templates((folder,), Trust)
    before = templates.read()
    with monkeypatch.context() as patch:
        patch.setattr(module, "check", lambda _: pytest.fail("it was read again"))
        assert templates.read() == before
    (folder / "lesson.yml").write_text("# New\n" + SPEC)
    assert [template.title for template in templates.read()] == ["New"]
    (folder / "lesson.yml").unlink()
    assert templates.read() == ()


def test_the_example_of_the_documentation(folder: Path) -> None:
    example, *_ = re.findall(r"```yaml\n(.*?)```", DOCS.read_text(), re.DOTALL)
    (folder / "science.yml").write_text(example)
    (template,) = Templates((folder,), Trust).read()
    assert (template.title, template.description) == (
        "Data science",
        "numpy, pandas and matplotlib, as in the lectures.",
    )


def test_a_file_that_others_can_write_is_left_out(folder: Path) -> None:
    (folder / "science.yml").write_text(SPEC)
    (folder / "open.yml").write_text(SPEC)
    (folder / "open.yml").chmod(0o666)
    assert names(folder) == ["science"]


def test_a_pipe_does_not_block(folder: Path) -> None:
    os.mkfifo(folder / "pipe.yml")
    (folder / "science.yml").write_text(SPEC)
    assert names(folder) == ["science"]
