"""Channels of wheels, such as conda-pypi: with repodata of version 3, as one file or in shards."""

from __future__ import annotations

import functools
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
import zstandard

from jupyter_envkernels.models import Fix, LineEdit

from ..conftest import Engine, Inquiry

WHEEL = {
    "build": "py3_none_any_0",
    "build_number": 0,
    "depends": [],
    "noarch": "python",
    "subdir": "noarch",
    "url": "https://files.example.org/pure-1.0-py3-none-any.whl",
    "version": "1.0",
}
USER = {"build": "0", "build_number": 0, "depends": ["pure >=1"], "name": "user", "subdir": "noarch", "version": "1"}
REPODATA: dict[str, dict[str, Any]] = {
    "pure": {"v3": {"whl": {"pure-1.0-py3_none_any_0": {**WHEEL, "name": "pure"}}}},
    "user": {"packages.conda": {"user-1-0.conda": USER}},
    "both": {
        "packages.conda": {"both-0.9-0.conda": {**USER, "name": "both", "version": "0.9", "depends": []}},
        "v3": {"whl": {"both-1.0-py3_none_any_0": {**WHEEL, "name": "both"}}},
    },
}


def packed(content: object) -> bytes:
    return zstandard.ZstdCompressor().compress(msgspec.msgpack.encode(content))


def write_shards(folder: Path) -> None:
    shards = {}
    (folder / "shards").mkdir()
    for name, content in REPODATA.items():
        shard = packed({"packages": {}, "packages.conda": {}, "removed": [], **with_bytes(content)})
        digest = hashlib.sha256(shard)
        (folder / "shards" / f"{digest.hexdigest()}.msgpack.zst").write_bytes(shard)
        shards[name] = digest.digest()
    info = {"subdir": folder.name, "base_url": "./", "shards_base_url": "shards/"}
    (folder / "repodata_shards.msgpack.zst").write_bytes(packed({"info": info, "version": 1, "shards": shards}))


def with_bytes(content: Any) -> Any:
    """Return records with the hash that shards must have."""
    if "name" in content:
        return {**content, "sha256": bytes(32)}
    return {key: with_bytes(value) for key, value in content.items()}


def write_repodata(folder: Path) -> None:
    merged: dict[str, Any] = {"info": {"subdir": folder.name}, "packages": {}, "packages.conda": {}, "v3": {"whl": {}}}
    for content in REPODATA.values():
        merged["packages.conda"] |= content.get("packages.conda", {})
        merged["v3"]["whl"] |= content.get("v3", {}).get("whl", {})
    (folder / "repodata.json").write_text(json.dumps(merged))


@pytest.fixture(params=[write_repodata, write_shards])
def channel(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a channel of wheels."""
    folder = tmp_path / "pypi-wheels" / "noarch"
    folder.mkdir(parents=True)
    request.param(folder)
    handler = functools.partial(_Quiet, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/pypi-wheels"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


SENTENCE = "pure is in the channel pypi-wheels only as a wheel of PyPI, which cannot be installed as a conda package."


def test_a_package_that_is_only_a_wheel(engine: Engine, channel: str) -> None:
    answer = engine.solve("pure", "prio-demo", channels=["main", channel])
    assert (answer["message"], answer["packages"]) == (SENTENCE, ["pure"])
    assert answer["remedy"] == "Move it to the pip section, so that pip installs it from PyPI."
    absent = engine.solve("pure-nonsense", "pure", channels=["main", channel])
    assert SENTENCE in absent["message"]
    assert "No channel has a package named pure-nonsense." in absent["message"]


def test_a_dependency_that_is_only_a_wheel(engine: Engine, channel: str) -> None:
    answer = engine.solve("user", "prio-demo", channels=["main", channel])
    assert answer["message"] == f"`user` cannot be installed: it needs pure >=1, which no channel has. {SENTENCE}"
    assert answer["remedy"].startswith("It works without `user`.")


def test_a_conda_package_is_used_where_there_is_one(engine: Engine, channel: str) -> None:
    assert engine.solve("both", channels=[channel])["packages"]["both"][0] == "0.9"


def test_the_check_moves_the_line_to_the_pip_section(tmp_path: Path, channel_root: Path, channel: str) -> None:
    with Inquiry(tmp_path / "cache", channel_root) as inquiry:
        text = "dependencies:\n  - pure=1.0\n  - both\n"
        (only,) = inquiry.advise(text, channels=["main", channel])
        assert (only.severity, only.code, only.line, only.message) == ("error", "only-as-wheel", 2, SENTENCE)
        edits = (
            LineEdit(2, "  - pure=1.0", None),
            LineEdit(3, "  - both", "  - both\n  - pip:\n    - pure==1.0.*"),
        )
        assert only.fix == Fix("Move to the pip section", edits)
        (only,) = inquiry.advise("dependencies:\n  - both\n  - pure>=1,<2\n", channels=["main", channel])
        assert only.fix is not None
        assert only.fix.edits[0].after == "  - pip:\n    - pure>=1,<2"
        for line in ("dependencies: [pure, both]", "dependencies:\n  - pure=1|2\n"):
            (only,) = inquiry.advise(line, channels=["main", channel])
            assert only.fix is None
