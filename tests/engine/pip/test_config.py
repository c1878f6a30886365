"""The same as pip finds out, and never less."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pip
import pytest

from jupyter_envkernels.engine.pip.config import read_pip_config
from jupyter_envkernels.errors import PipFailed

SITE = Path("lib", f"python3.{sys.version_info.minor}", "site-packages")


@pytest.fixture
def prefix(prefix: Path) -> Path:
    """A virtual environment of this Python, with its pip."""
    (prefix / SITE).mkdir(parents=True)
    (prefix / SITE / "pip.pth").write_text(f"{Path(pip.__file__).parents[1]}\n")
    return prefix


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """Variables of a person with an empty home, on a machine without configuration."""
    dirs = f"{tmp_path}/one:{tmp_path}/two"
    return {"HOME": str(tmp_path / "home"), "XDG_CONFIG_DIRS": dirs, "PATH": os.environ["PATH"]}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def write_all(tmp_path: Path) -> None:
    """Each file says something that later ones do not."""
    write(tmp_path / "one/pip/pip.conf", "[global]\nindex-url = https://one.example\ntimeout = 1\ncert = one\n")
    write(tmp_path / "two/pip/pip.conf", "[global]\ntimeout = 2\nproxy = two\n[install]\npre = yes\n[list]\npre = no\n")
    write(tmp_path / "home/.pip/pip.conf", "[global]\nno_index = 1\ntrusted-host =\n  a.example\n  b.example\n")
    write(tmp_path / "home/.config/pip/pip.conf", "[install]\n--find-links = a%20b\n[global]\nproxy = home\npre = no\n")
    write(tmp_path / "env/pip.conf", "[global]\nproxy =\nconstraint: c.txt ; no comment\n")
    write(tmp_path / "named.conf", "[DEFAULT]\nretries = 3\n[install]\nFind-Links = named\n")


def asked(prefix: Path, environ: dict[str, str]) -> dict[str, str]:
    """What pip makes of it."""
    command = [str(prefix / "bin" / "python"), "-I", "-m", "pip", "config", "list"]
    output = subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout
    found: dict[str, str] = {}
    for of in ("global", "install", ":env:"):
        for line in output.splitlines():
            key, literal = line.split("=", 1)
            section, name = key.split(".", 1)
            if section == of and ast.literal_eval(literal):
                found[name] = ast.literal_eval(literal)
    return found


@pytest.mark.parametrize("named", ["", "named.conf", "nowhere.conf", os.devnull])
def test_as_pip_reads_it(prefix: Path, environ: dict[str, str], tmp_path: Path, named: str) -> None:
    write_all(tmp_path)
    environ |= {"PIP_TIMEOUT": "60", "PIP_CERT": "", "PIP_EXTRA_INDEX_URL": "https://a.example https://b.example"}
    if named:
        environ["PIP_CONFIG_FILE"] = str(tmp_path / named)  # a path that is absolute remains as it is
    found = read_pip_config(prefix, environ)
    assert found == asked(prefix, environ)
    assert found["timeout"] == "60"
    assert found.get("index-url") == (None if named == os.devnull else "https://one.example")


def test_nothing_is_configured(prefix: Path, environ: dict[str, str]) -> None:
    assert read_pip_config(prefix, {**environ, "PIP_CONFIG_FILE": os.devnull}) == {"config-file": os.devnull}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"index-url = https://ada:secret@index.example\n", "line 1 is invalid"),
        (b"[global]\nindex-url = a\nsecret\n", "line 3 is invalid"),
        (b"[global]\nindex-url = a\nindex-url = b\n", "line 3 is invalid"),
        (b"[global]\nindex-url = \xff\n", "it is not UTF-8"),
        (b" " * (1 << 21), "It has more than 1,048,576 bytes"),
    ],
)
def test_what_cannot_be_read_is_a_failure(
    prefix: Path, environ: dict[str, str], tmp_path: Path, content: bytes, reason: str
) -> None:
    file = tmp_path / "home" / ".config" / "pip" / "pip.conf"
    write(file, "")
    file.write_bytes(content)
    with pytest.raises(PipFailed) as failed:
        read_pip_config(prefix, environ)
    assert failed.value.message == f"pip's configuration {file} cannot be read: {reason}."


def test_what_is_no_file_is_a_failure(prefix: Path, environ: dict[str, str], tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, reason in ((tmp_path / "pipe", "It is not a regular file"), (tmp_path, "Is a directory")):
        with pytest.raises(PipFailed, match=f"{path} cannot be read: {reason}"):
            read_pip_config(prefix, {**environ, "PIP_CONFIG_FILE": str(path)})


def test_what_may_not_be_read_is_a_failure(ordinary: Path) -> None:
    file = ordinary / ".config" / "pip" / "pip.conf"
    write(file, "[global]\nindex-url = https://index.example\n")
    file.chmod(0)
    with pytest.raises(PipFailed, match=f"{file} cannot be read: Permission denied"):
        read_pip_config(ordinary, {"HOME": str(ordinary)})
