"""What clients can do over REST, each answer checked against ``rest-api.yml``."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_envkernels.engine.operations import Create
from jupyter_envkernels.jobs.journal.reader import JobSpec
from jupyter_envkernels.jobs.journal.writer import acquire, create_journal
from jupyter_envkernels.models import EngineOptions, EnvSpec, environment_id
from jupyter_envkernels.specs import MAX_LOCK_BYTES
from tests.jobs.conftest import until
from tests.prefixes import make_prefix

from .conftest import Call, Reply

Finish = Callable[[Reply], Awaitable[Any]]

SPEC = "name: lesson\ndependencies:\n  - prio-demo\n"


async def test_from_spec_to_environment_to_clone_to_nothing(call: Call, finish: Finish, envs: Path) -> None:
    accepted = await call("POST", "jobs", {"kind": "create", "text": SPEC})
    assert accepted.headers["Location"].endswith(f"/envkernels/jobs/{accepted.json['id']}")
    job = await finish(accepted)
    assert (job["state"], job["error"]) == ("succeeded", None), job
    assert job["environment_id"] == environment_id(envs / "lesson")
    assert (envs / "lesson" / "share" / "lab" / "prio-demo.txt").exists()

    listed = (await call("GET", "environments")).json["environments"]
    (lesson,) = [environment for environment in listed if environment["name"] == "lesson"]
    assert lesson["id"] == job["environment_id"]
    assert lesson["problem"]["message"]
    assert (await call("GET", f"environments/{lesson['id']}")).json == lesson

    cloned = await finish(await call("POST", "jobs", {"kind": "clone", "source": lesson["id"], "name": "copy"}))
    assert cloned["state"] == "succeeded", cloned
    assert (envs / "copy" / "share" / "lab" / "prio-demo.txt").exists()

    removed = await finish(await call("DELETE", f"environments/{lesson['id']}"))
    assert removed["state"] == "succeeded", removed
    removed = await finish(await call("POST", "jobs", {"kind": "remove", "environment": cloned["environment_id"]}))
    assert removed["state"] == "succeeded", removed
    assert list(envs.iterdir()) == []
    names = [environment["name"] for environment in (await call("GET", "environments")).json["environments"]]
    assert "lesson" not in names
    assert "copy" not in names
    assert [job["kind"] for job in (await call("GET", "jobs")).json["jobs"]] == ["remove", "remove", "clone", "create"]


async def test_journal_and_log_of_a_job(call: Call, finish: Finish) -> None:
    job = await finish(await call("POST", "jobs", {"kind": "create", "text": SPEC}))
    events = (await call("GET", f"jobs/{job['id']}/events")).json["events"]
    assert [event["seq"] for event in events] == list(range(1, job["seq"] + 1))
    phases = list(dict.fromkeys(event["phase"] for event in events if event["phase"]))
    assert phases == ["checking", "solving", "downloading", "linking", "verifying"]
    assert (await call("GET", f"jobs/{job['id']}/events", after="3")).json["events"] == events[3:]

    log = (await call("GET", f"jobs/{job['id']}/log")).json
    assert "linked prio-demo" in log["text"]
    rest = (await call("GET", f"jobs/{job['id']}/log", offset=str(log["offset"]))).json
    assert rest == {"text": "", "offset": log["offset"], "complete": True}


async def test_a_job_whose_journal_is_damaged(call: Call, finish: Finish, tmp_path: Path, envs: Path) -> None:
    order = JobSpec(Create("lost", envs / "lost", spec=EnvSpec()), EngineOptions((), tmp_path / "cache"), time.time())
    journal = create_journal(tmp_path / "jobs", order)
    lock = acquire(journal)  # as a worker does, or the server would take it up
    assert lock is not None
    journal.events_file.write_bytes(b"\0\0\0\n")
    job = (await call("GET", f"jobs/{journal.id}")).json
    assert (job["state"], job["seq"], job["message"]) == ("running", 0, "Its journal is damaged")
    assert (await call("GET", f"jobs/{journal.id}/events")).json == {"events": []}
    assert (await call("GET", "jobs")).json["jobs"] == [job]
    cancelling = asyncio.ensure_future(call("DELETE", f"jobs/{journal.id}"))
    await until(lambda: asyncio.to_thread(journal.cancel_mark.exists))
    os.close(lock)
    ended = (await cancelling).json
    assert (ended["state"], ended["seq"]) == ("cancelled", 1)


async def test_an_unknown_package_is_explained(call: Call, finish: Finish, envs: Path) -> None:
    text = "name: lesson\ndependencies: [prio-dmo, numpi]\n"
    job = await finish(await call("POST", "jobs", {"kind": "create", "text": text}))
    assert job["state"] == "failed"
    assert job["error"]["code"] == "unsatisfiable"
    assert "prio-dmo. Did you mean prio-demo" in job["error"]["message"]
    assert "numpi. Did you mean numpy" in job["error"]["message"]
    assert job["error"]["remedy"]
    assert not envs.exists() or list(envs.iterdir()) == []


async def test_a_conflict_is_explained(call: Call, finish: Finish, envs: Path) -> None:
    text = "name: lesson\ndependencies: [conflict-a, conflict-b]\n"
    job = await finish(await call("POST", "jobs", {"kind": "create", "text": text}))
    assert "`conflict-a` and `conflict-b` cannot be installed together" in job["error"]["message"]
    assert "conflict-base" in job["error"]["explanation"]
    assert job["error"]["packages"] == ["conflict-a", "conflict-b"]
    assert [{"before": "conflict-a", "after": None}] in job["error"]["fixes"]
    assert not envs.exists() or list(envs.iterdir()) == []


async def test_an_existing_prefix_is_refused_before_any_work(call: Call, envs: Path) -> None:
    (envs / "lesson").mkdir(parents=True)
    (envs / "lesson" / "thesis.tex").write_text("mine")
    reply = await call("POST", "jobs", {"kind": "create", "text": SPEC})
    assert (reply.status, reply.json["code"]) == (409, "already-exists")
    assert (envs / "lesson" / "thesis.tex").read_text() == "mine"
    assert (await call("GET", "jobs")).json["jobs"] == []


async def test_of_two_creates_of_one_name_one_wins(call: Call, finish: Finish) -> None:
    first = await call("POST", "jobs", {"kind": "create", "text": SPEC})
    second = await call("POST", "jobs", {"kind": "create", "text": SPEC})
    assert (second.status, second.json["code"]) == (409, "busy")
    assert second.json["details"] == {"job": first.json["id"]}
    assert (await finish(first))["state"] == "succeeded"


async def test_a_spec_from_the_contents_root(call: Call, finish: Finish, jp_root_dir: Path, envs: Path) -> None:
    (jp_root_dir / "course").mkdir()
    (jp_root_dir / "course" / "environment.yml").write_text(SPEC)
    checked = await call("POST", "specs/check", {"path": "course/environment.yml"})
    assert checked.json["spec"]["name"] == "lesson"
    job = await finish(await call("POST", "jobs", {"kind": "create", "path": "course/environment.yml", "name": "mine"}))
    assert job["state"] == "succeeded"
    assert (envs / "mine" / "conda-meta" / "history").exists()


async def test_checking_a_spec_changes_nothing(call: Call, envs: Path) -> None:
    reply = await call("POST", "specs/check", {"text": "dependencies: [numpy\n"})
    assert reply.status == 200
    assert reply.json["spec"] is None
    assert reply.json["diagnostics"][0]["severity"] == "error"
    assert not envs.exists()


async def test_an_edited_text_keeps_the_folder_of_its_file(call: Call, jp_root_dir: Path) -> None:
    (jp_root_dir / "course").mkdir()
    (jp_root_dir / "course" / "requirements.txt").write_text("--index-url https://one.example/simple numpy\n")
    text = "name: lesson\ndependencies:\n  - python\n  - pip\n  - pip:\n    - -r requirements.txt\n"
    edited = {"text": text, "origin": "course/environment.yml"}
    [wrong] = [d for d in (await call("POST", "specs/check", edited)).json["diagnostics"] if d["severity"] == "error"]
    assert "requirements.txt" in wrong["message"]
    refused = await call("POST", "jobs", {"kind": "create", **edited})
    assert refused.status == 422
    assert "requirements.txt" in refused.json["message"]
    elsewhere = await call("POST", "specs/check", {"text": text, "origin": "../course/environment.yml"})
    assert all(
        "requirements.txt" not in d["message"] for d in elsewhere.json["diagnostics"] if d["severity"] == "error"
    )


async def test_cancel_of_a_job_that_is_over_leaves_it(call: Call, finish: Finish, envs: Path) -> None:
    job = await finish(await call("POST", "jobs", {"kind": "create", "text": SPEC}))
    assert (await call("DELETE", f"jobs/{job['id']}")).json == job
    assert (envs / "lesson" / "conda-meta").is_dir()


CREATE: dict[str, Any] = {"kind": "create", "text": SPEC}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("POST", "jobs", "{", 400, "invalid-request"),
        ("POST", "jobs", "", 400, "invalid-request"),
        ("POST", "jobs", b"\xff\xfe", 400, "invalid-request"),
        ("POST", "jobs", "[" * 100_000, 400, "invalid-request"),
        ("POST", "jobs", [], 400, "invalid-request"),
        ("POST", "jobs", {}, 400, "invalid-request"),
        ("POST", "jobs", {"kind": "explode"}, 400, "invalid-request"),
        ("POST", "jobs", {"kind": "create"}, 400, "invalid-request"),
        ("POST", "jobs", {**CREATE, "path": "x.yml"}, 400, "invalid-request"),
        ("POST", "jobs", {**CREATE, "prefix": "/etc"}, 400, "invalid-request"),
        ("POST", "jobs", {**CREATE, "name": 5}, 400, "invalid-request"),
        ("POST", "jobs", {**CREATE, "name": "."}, 400, "invalid-request"),
        ("POST", "jobs", {**CREATE, "name": ".."}, 400, "invalid-request"),
        ("POST", "jobs", {**CREATE, "name": "../x"}, 400, "invalid-request"),
        ("POST", "jobs", {**CREATE, "name": "base"}, 400, "invalid-request"),
        ("POST", "jobs", {**CREATE, "name": "--help"}, 400, "invalid-request"),
        ("POST", "jobs", {**CREATE, "name": "a\n"}, 400, "invalid-request"),
        ("POST", "jobs", {"kind": "create", "text": "name: ../x\ndependencies: [prio-demo]"}, 422, "invalid-spec"),
        ("POST", "jobs", {"kind": "create", "text": "name: root\ndependencies: [prio-demo]"}, 422, "invalid-spec"),
        ("POST", "jobs", {"kind": "create", "text": "dependencies: [prio-demo]"}, 422, "invalid-spec"),
        ("POST", "jobs", {"kind": "create", "text": "a: [b"}, 422, "invalid-spec"),
        ("POST", "jobs", {"kind": "create", "text": ""}, 422, "invalid-spec"),
        ("POST", "jobs", {"kind": "create", "path": "absent.yml"}, 404, "not-found"),
        ("POST", "jobs", {"kind": "create", "path": "../../etc/passwd"}, 404, "not-found"),
        ("POST", "jobs", {**CREATE, "exclude_newer": "soon"}, 400, "invalid-request"),
        ("POST", "jobs", {**CREATE, "exclude_newer": ""}, 400, "invalid-request"),
        ("POST", "jobs", {**CREATE, "exclude_newer": 7}, 400, "invalid-request"),
        ("POST", "jobs", {"kind": "clone", "source": "x", "name": "y"}, 400, "invalid-request"),
        ("POST", "jobs", {"kind": "clone", "source": "0" * 12, "name": "y"}, 404, "not-found"),
        ("POST", "jobs", {"kind": "remove", "environment": "0" * 12}, 404, "not-found"),
        ("POST", "jobs", {"kind": "create", "text": "#" * 17_000_000}, 413, "too-large"),
        ("POST", "specs/check", {}, 400, "invalid-request"),
        ("POST", "specs/check", {"text": None}, 400, "invalid-request"),
        ("GET", "environments/000000000000", None, 404, "not-found"),
        ("GET", "environments/..", None, 404, "not-found"),
        ("GET", "environments/000000000000/packages", None, 404, "not-found"),
        ("GET", "environments/000000000000/history", None, 404, "not-found"),
        ("GET", "environments/000000000000/export", None, 404, "not-found"),
        ("DELETE", "environments/base", None, 404, "not-found"),
        ("GET", "jobs/20260101-000000-00000000", None, 404, "not-found"),
        ("GET", "jobs/x/log", None, 404, "not-found"),
        ("DELETE", "jobs/x", None, 404, "not-found"),
    ],
)
async def test_what_a_client_does_wrong(
    call: Call, method: str, path: str, body: Any, status: int, code: str, envs: Path
) -> None:
    reply = await call(method, path, body)
    assert (reply.status, reply.json["code"]) == (status, code), reply.json
    assert reply.json["message"]
    assert "Traceback" not in json.dumps(reply.json)
    assert not envs.exists()


async def test_packages_and_exports(call: Call, finish: Finish) -> None:
    text = "name: lesson\ndependencies: [prio-demo]\nvariables: {LESSON: two words}\n"
    job = await finish(await call("POST", "jobs", {"kind": "create", "text": text}))
    lesson = f"environments/{job['environment_id']}"
    inventory = (await call("GET", f"{lesson}/packages")).json
    assert (inventory["requested"], inventory["variables"]) == (["prio-demo"], {"LESSON": "two words"})
    (package,) = inventory["packages"]
    assert (package["manager"], package["name"], package["requested"]) == ("conda", "prio-demo", True)
    exported = (await call("GET", f"{lesson}/export")).json
    assert (exported["format"], exported["left_out"]) == ("yaml", [])
    assert f"- prio-demo={package['version']}={package['build']}\n" in exported["text"]
    listed = (await call("GET", f"{lesson}/export", format="explicit")).json
    assert f"{package['url']}#{package['sha256']}\n" in listed["text"]
    locked = (await call("GET", f"{lesson}/export", format="pixi-lock")).json
    assert f"- conda: {package['url']}\n" in locked["text"]
    for wrong in ("", "YAML", "../yaml"):
        reply = await call("GET", f"{lesson}/export", format=wrong)
        assert (reply.status, reply.json["code"]) == (400, "invalid-request")


async def test_history(call: Call, finish: Finish, envs: Path) -> None:
    job = await finish(await call("POST", "jobs", {"kind": "create", "text": SPEC}))
    (revision,) = (await call("GET", f"environments/{job['environment_id']}/history")).json["revisions"]
    (package,) = revision.pop("added")
    assert "/noarch::prio-demo-" in package
    assert revision.pop("time") is not None
    assert revision == {
        "revision": 0,
        "command": f"jupyter envkernels create -p {envs / 'lesson'}",
        "removed": [],
        "specs": ["prio-demo"],
        "is_current": True,
    }


async def test_a_history_that_cannot_be_understood_is_empty(call: Call, envs: Path) -> None:
    (envs / "lesson" / "conda-meta").mkdir(parents=True)
    (envs / "lesson" / "conda-meta" / "history").write_bytes(b"\xff\xfe# cmd: x\n+a-1-0\n")
    reply = await call("GET", f"environments/{environment_id(envs / 'lesson')}/history")
    assert (reply.status, reply.json) == (200, {"revisions": []})


async def test_a_broken_record_is_named(call: Call, envs: Path) -> None:
    (envs / "lesson" / "conda-meta").mkdir(parents=True)
    (envs / "lesson" / "conda-meta" / "history").write_text("")
    (envs / "lesson" / "conda-meta" / "xz-1.0-0.json").write_text("{")
    reply = await call("GET", f"environments/{environment_id(envs / 'lesson')}/packages")
    assert (reply.status, reply.json["code"]) == (422, "invalid-spec")
    assert "xz-1.0-0.json" in reply.json["message"]


@pytest.mark.parametrize("offset", ["-1", "x", "1e3", "", "9" * 30, "9" * 5000, "²"])
async def test_offsets_are_whole_numbers(call: Call, finish: Finish, offset: str) -> None:
    job = (await call("POST", "jobs", CREATE)).json
    reply = await call("GET", f"jobs/{job['id']}/log", offset=offset)
    assert (reply.status, reply.json["code"]) == (400, "invalid-request")
    await call("DELETE", f"jobs/{job['id']}")


@pytest.mark.parametrize("number", ["999999999999", "148044593752547", "9" * 15])
async def test_what_comes_after_the_end_is_nothing(call: Call, finish: Finish, number: str) -> None:
    job = await finish(await call("POST", "jobs", CREATE))
    log = (await call("GET", f"jobs/{job['id']}/log", offset=number)).json
    assert log == {"text": "", "offset": int(number), "complete": True}
    assert (await call("GET", f"jobs/{job['id']}/events", after=number)).json == {"events": []}


async def test_a_link_that_leads_to_itself_is_not_found(call: Call, jp_root_dir: Path) -> None:
    (jp_root_dir / "loop.yml").symlink_to("loop.yml")
    reply = await call("POST", "specs/check", {"path": "loop.yml"})
    assert (reply.status, reply.json["code"]) == (404, "not-found")


async def test_lock_files_may_be_big(call: Call, jp_root_dir: Path) -> None:
    long = "a" * 400
    lines = [f"https://example.org/noarch/{long}{number}-1.0-0.conda\n" for number in range(8000)]
    text = "@EXPLICIT\n" + "".join(lines)
    assert 3_500_000 < len(text) < MAX_LOCK_BYTES
    (jp_root_dir / "lock.txt").write_text(text)
    for body in ({"text": text}, {"path": "lock.txt"}):
        reply = await call("POST", "specs/check", body)
        assert len(reply.json["spec"]["locked"]) == len(lines)
    other = await call("POST", "specs/check", {"text": "#" * 3_000_000})
    assert [d["code"] for d in other.json["diagnostics"]] == ["too-large"]


async def test_a_file_in_utf_16(call: Call, jp_root_dir: Path) -> None:
    (jp_root_dir / "environment.yml").write_text("name: été\ndependencies: [zlib]\n", encoding="utf-16")
    reply = await call("POST", "specs/check", {"path": "environment.yml"})
    assert reply.json["spec"]["name"] == "été"
    (jp_root_dir / "environment.yml").write_bytes(b"name: \xff\n")
    reply = await call("POST", "specs/check", {"path": "environment.yml"})
    assert [d["code"] for d in reply.json["diagnostics"]] == ["not-text"]


async def test_a_file_that_is_no_spec_by_its_size(call: Call, jp_root_dir: Path) -> None:
    with (jp_root_dir / "big.yml").open("wb") as file:
        file.truncate(17_000_000)
    reply = await call("POST", "specs/check", {"path": "big.yml"})
    assert (reply.status, reply.json["code"]) == (413, "too-large")


async def test_environments_that_must_stay(call: Call, tmp_path: Path) -> None:
    base = tmp_path / "opt" / "miniforge3"
    (base / "conda-meta").mkdir(parents=True)
    (base / "conda-meta" / "history").write_text("")
    (base / "condabin").mkdir()
    reply = await call("DELETE", f"environments/{environment_id(base)}")
    assert (reply.status, reply.json["code"]) == (403, "forbidden")
    assert (base / "condabin").is_dir()


async def test_settings(call: Call, envs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDA_OVERRIDE_CUDA", "12.4")
    settings = (await call("GET", "settings")).json
    first = settings["locations"][0]
    assert first == {
        "path": str(envs),
        "kind": "folder",
        "origin": "c.EnvKernels.roots",
        "exists": False,
        "writable": True,
        "is_shared": False,
    }
    assert settings["root"] == str(envs)
    assert settings["free_bytes"] > 0
    assert settings["package_cache"] == str(tmp_path / "cache")
    assert (settings["max_concurrent_jobs"], settings["max_queued_jobs"]) == (2, 20)
    assert (settings["keep_jobs"], settings["job_timeout"]) == (200, 43_200)
    assert settings["kernel_packages"] == ["ipykernel"]
    assert settings["channels"] == settings["channel_urls"]
    assert {"name": "__cuda", "version": "12.4", "build": "0"} in settings["virtual_packages"]
    monkeypatch.setenv("CONDA_OVERRIDE_CUDA", "99")
    again = (await call("GET", "settings")).json
    assert (again["platform"], again["virtual_packages"]) == (settings["platform"], settings["virtual_packages"])


async def test_an_environment_whose_folder_is_gone_is_removed_from_the_list(call: Call, tmp_path: Path) -> None:
    there, gone = make_prefix(tmp_path / "elsewhere" / "there"), tmp_path / "elsewhere" / "ice-old"
    listing = Path.home() / ".conda" / "environments.txt"
    listing.parent.mkdir(exist_ok=True)
    listing.write_text(f"{there}\n{gone}\n")

    listed = {each["name"]: each for each in (await call("GET", "environments")).json["environments"]}
    assert listed["ice-old"]["problem"]["code"] == "gone"
    assert not listed["ice-old"]["is_shared"]
    refused = await call("DELETE", f"environments/{listed['there']['id']}/list-entry")
    assert (refused.status, refused.json["code"]) == (409, "conflict")

    left = (await call("DELETE", f"environments/{listed['ice-old']['id']}/list-entry")).json["environments"]
    assert [each["name"] for each in left if each["name"] in listed] == [name for name in listed if name != "ice-old"]
    assert listing.read_text() == f"{there}\n"
