"""Routes that only tell: the doctor, and the administrator's templates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.prefixes import make_prefix

from .conftest import Call

SPEC = "# A lesson\n# With a package.\nname: lesson\ndependencies: [prio-demo]\n"


@pytest.fixture
def jp_server_config(jp_server_config: dict[str, Any], tmp_path: Path) -> dict[str, Any]:
    jp_server_config["EnvKernels"]["templates_dirs"] = [str(tmp_path / "templates"), str(tmp_path / "absent")]
    return jp_server_config


async def test_the_templates_of_the_administrator(call: Call, tmp_path: Path) -> None:
    assert (await call("GET", "templates")).json == {"templates": []}
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "lesson.yml").write_text(SPEC)
    (tmp_path / "templates" / "broken.yml").write_text("a: [")
    assert (await call("GET", "templates")).json == {
        "templates": [{"name": "lesson", "title": "A lesson", "description": "With a package.", "text": SPEC}]
    }


async def test_the_doctor_without_a_path(call: Call, envs: Path) -> None:
    for query in ({}, {"path": ""}):
        found = (await call("GET", "doctor", **query)).json
        assert (found["path"], found["is_kernel"], found["findings"]) == (None, None, [])
        assert found["locations"][0]["path"] == str(envs)
        assert found["other_kernel_spec_manager"] is None


async def test_the_doctor_by_path_and_by_name(call: Call, envs: Path) -> None:
    prefix = make_prefix(envs / "lesson", "python3")
    for path in (str(prefix), "lesson"):
        found = (await call("GET", "doctor", path=path)).json
        assert (found["path"], found["is_kernel"]) == (str(prefix), True)
        assert found["findings"][-1]["message"] == "It offers the kernel conda-env-lesson-py."
    absent = (await call("GET", "doctor", path="absent")).json
    assert (absent["path"], absent["is_kernel"]) == (str(envs / "absent"), False)
    assert absent["findings"][0]["message"]


async def test_what_can_be_no_path(call: Call) -> None:
    reply = await call("GET", "doctor", path="x" * 4097)
    assert (reply.status, reply.json["code"]) == (400, "invalid-request")


ODD = (
    *("/", "/dev/null", "/dev/stdin", "/proc/self/mem", "/proc/1/root", "..", "~", "~nobody-of-that-name/x", "~/x"),
    *("a/b", "x" * 300, "/" + "x/" * 2000, "a\nb", " ", "é", "\U0001f600", "-rf", "$(id)", "*", "\0"),
)


async def test_what_is_no_environment(call: Call) -> None:
    for path in ODD:
        found = (await call("GET", "doctor", path=path)).json
        assert found["is_kernel"] is False, path
        assert found["findings"][0]["ok"] is False, path


async def test_a_path_is_meant_from_the_folder_that_jupyter_serves(call: Call, jp_root_dir: Path) -> None:
    found = (await call("GET", "doctor", path="course/envs")).json
    assert found["path"] == str(jp_root_dir / "course" / "envs")
