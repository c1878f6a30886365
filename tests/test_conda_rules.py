"""The checker of conda's rules finds what breaks them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conda_rules import problems, remove, strays

CHANNEL = "https://conda.example/main"


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """An environment with one package: a module with its bytecode, and a link to it."""
    prefix = tmp_path / "lesson"
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "lib" / "__pycache__").mkdir(parents=True)
    (prefix / "lib" / "a.py").write_text("A = 1\n")
    (prefix / "lib" / "__pycache__" / "a.cpython-312.pyc").touch()
    (prefix / "lib" / "link.py").symlink_to("a.py")
    paths = [
        {"_path": "lib/a.py", "path_type": "hardlink", "sha256_in_prefix": hashlib.sha256(b"A = 1\n").hexdigest()},
        {"_path": "lib/link.py", "path_type": "softlink"},
        {"_path": "lib/__pycache__/a.cpython-312.pyc", "path_type": "pyc_file"},
    ]
    package = {"name": "a", "version": "1.0", "build": "0", "build_number": 0, "subdir": "noarch", "depends": []}
    url, link = f"{CHANNEL}/noarch/a-1.0-0.conda", {"type": 1, "source": "/pkgs/a-1.0-0"}
    sources = {"channel": CHANNEL, "fn": "a-1.0-0.conda", "url": url, "link": link}
    files = [path["_path"] for path in paths]
    content = {**package, **sources, "files": files, "paths_data": {"paths_version": 1, "paths": paths}}
    record_of(prefix).write_text(json.dumps(content))
    history = f"==> 2026-01-01 00:00:00 <==\n# cmd: create\n+{CHANNEL}/noarch::a-1.0-0\n# update specs: ['a']\n"
    (prefix / "conda-meta" / "history").write_text(history)
    return prefix


def record_of(prefix: Path) -> Path:
    return prefix / "conda-meta" / "a-1.0-0.json"


def change(prefix: Path, work: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads(record_of(prefix).read_text())
    work(content)
    record_of(prefix).write_text(json.dumps(content))


def hash_link(record: dict[str, Any]) -> None:
    record["paths_data"]["paths"][1]["sha256_in_prefix"] = "ab"


def forget_hash(record: dict[str, Any]) -> None:
    del record["paths_data"]["paths"][0]["sha256_in_prefix"]


def forget_bytecode(record: dict[str, Any]) -> None:
    record["files"].pop()
    record["paths_data"]["paths"].pop()


def test_an_environment_as_conda_makes_it(prefix: Path) -> None:
    assert problems(prefix) == []
    assert strays(prefix) == []
    remove(prefix, "a")
    assert [path.name for path in prefix.iterdir()] == ["conda-meta"]


@pytest.mark.parametrize(
    ("work", "found"),
    [
        (hash_link, "a-1.0-0.json: lib/link.py is altered"),
        (forget_hash, "a-1.0-0.json: lib/a.py has no hash"),
        (forget_bytecode, "a-1.0-0.json: lib/__pycache__/a.cpython-312.pyc belongs to it and is not named"),
        (lambda record: record["files"].pop(), "a-1.0-0.json: its files are not its paths"),
        (lambda record: record["link"].update(type=7), "a-1.0-0.json: it was linked in no way that conda knows"),
        (lambda record: record.update(version="2.0"), "a-1.0-0.json: its name is not that of its package"),
        (lambda record: record.pop("fn"), "a-1.0-0.json: it lacks ['fn']"),
    ],
)
def test_records(prefix: Path, work: Callable[[dict[str, Any]], object], found: str) -> None:
    change(prefix, work)
    assert any(problem.startswith(found) for problem in problems(prefix))


def alter(prefix: Path) -> None:
    (prefix / "lib" / "a.py").write_text("A = 2\n")


def lose(prefix: Path) -> None:
    (prefix / "lib" / "a.py").unlink()


def record_twice(prefix: Path) -> None:
    content = json.loads(record_of(prefix).read_text())
    (prefix / "conda-meta" / "b-1.0-0.json").write_text(json.dumps({**content, "name": "b"}))


def crash(prefix: Path) -> None:
    (prefix / "conda-meta" / ".a-1.0-0.json.4711").touch()


def forget_history(prefix: Path) -> None:
    (prefix / "conda-meta" / "history").write_text("")


@pytest.mark.parametrize(
    ("work", "found"),
    [
        (alter, "a-1.0-0.json: lib/a.py is altered"),
        (lose, "a-1.0-0.json: lib/a.py is not there"),
        (record_twice, "lib/a.py is in 2 records"),
        (crash, "conda-meta/.a-1.0-0.json.4711 is no file of conda"),
        (forget_history, "history and records differ"),
    ],
)
def test_files(prefix: Path, work: Callable[[Path], None], found: str) -> None:
    work(prefix)
    assert any(problem.startswith(found) for problem in problems(prefix))


def test_what_no_record_names(prefix: Path) -> None:
    (prefix / "share" / "empty").mkdir(parents=True)
    (prefix / "share" / "mine.txt").touch()
    assert strays(prefix) == ["share/empty", "share/mine.txt"]
