"""The one gate for what a person asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from jupyter_envkernels.engine.operations import Clone, Create, JobRequest, PlanOnly, Update
from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.errors import (
    Busy,
    Conflict,
    EnvKernelsError,
    Forbidden,
    InvalidRequest,
    InvalidSpec,
    NotFound,
)
from jupyter_envkernels.jobs.requests import (
    AddKernelBody,
    Body,
    CloneBody,
    Context,
    CreateBody,
    PlanBody,
    RemoveBody,
    RollbackBody,
    UpdateBody,
    change_refused,
    clashes,
    run_request,
)
from jupyter_envkernels.models import CatalogOptions, EnvSpec, Job, JobState, environment_id

SPEC = "name: lesson\ndependencies: [python]\n"
CREATE = Create("lesson", Path("/envs/lesson"), spec=EnvSpec())


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    """One environment, ``there``, without a kernel."""
    (tmp_path / "envs" / "there" / "conda-meta").mkdir(parents=True)
    (tmp_path / "envs" / "there" / "conda-meta" / "history").touch()
    return Catalog(CatalogOptions(roots=(tmp_path / "envs",)))


def context(catalog: Catalog, text: str | None = None, **more: Any) -> Context:
    return Context(catalog, catalog.find, text, **more)


def create(catalog: Catalog, text: str = SPEC, name: str | None = None, **more: Any) -> Create:
    return CreateBody(name=name).resolve(context(catalog, text, **more))


def test_where_an_environment_goes(catalog: Catalog, tmp_path: Path) -> None:
    request = create(catalog, SPEC, workdir=tmp_path)
    assert (request.kind, request.environment, request.prefix) == ("create", "lesson", tmp_path / "envs" / "lesson")
    assert request.environment_id == environment_id(request.prefix)
    assert create(catalog, SPEC, name="other").prefix == tmp_path / "envs" / "other"
    assert create(catalog, SPEC, name="a", root=tmp_path / "more").prefix == tmp_path / "more" / "a"
    assert create(catalog, SPEC, prefix=tmp_path / "exactly").prefix == tmp_path / "exactly"


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "-rf", "a\nb", "a b", ".hidden", "x" * 300, "base", "root"])
def test_names_that_none_can_have(catalog: Catalog, name: str) -> None:
    with pytest.raises((InvalidRequest, InvalidSpec)):
        create(catalog, f"name: {name!r}\ndependencies: [python]\n")
    with pytest.raises(InvalidRequest):
        CloneBody("there", name).resolve(context(catalog))


def test_a_path_that_cannot_be_written_down(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="not UTF-8"):
        create(catalog, SPEC, prefix=tmp_path / "\udcff")


@pytest.mark.parametrize(
    ("text", "add", "error"),
    [
        (None, (), InvalidRequest),
        (None, ("numpy = = 1",), InvalidSpec),
        ("dependencies: {}", (), InvalidSpec),
        ("@EXPLICIT\nhttps://conda.example/main/noarch/a-1-0.conda\n", (), InvalidSpec),
    ],
)
def test_changes_that_are_none(
    catalog: Catalog, text: str | None, add: tuple[str, ...], error: type[EnvKernelsError]
) -> None:
    with pytest.raises(error):
        UpdateBody("there", add=add).resolve(context(catalog, text))


def test_what_there_is_can_be_changed(catalog: Catalog) -> None:
    request = UpdateBody("there", remove=("numpy",)).resolve(context(catalog))
    assert (request.kind, request.edit.remove, request.spec) == ("update", ("numpy",), None)
    assert AddKernelBody("there").resolve(context(catalog)).kind == "add-kernel"
    assert RemoveBody("there").resolve(context(catalog)).force is False
    with pytest.raises(NotFound, match="has no revision 7"):
        RollbackBody("there", 7).resolve(context(catalog))
    with pytest.raises(NotFound):
        RemoveBody("absent").resolve(context(catalog))


def test_what_must_not_be_changed(catalog: Catalog, tmp_path: Path) -> None:
    found = catalog.find("there")
    assert change_refused(found) == ""
    (tmp_path / "link").symlink_to(found.prefix)
    assert change_refused(replace(found, is_base=True)) == "it is the base of a conda installation"
    assert change_refused(replace(found, is_running=True)) == "Jupyter itself runs in it"
    assert change_refused(replace(found, read_only=True)) == "it is read-only for you"
    assert change_refused(replace(found, prefix=tmp_path / "link")) == "it is a link to another folder"


def test_what_is_not_trusted_is_neither_copied_nor_changed_but_may_be_removed(catalog: Catalog) -> None:
    prefix = catalog.find("there").prefix
    prefix.chmod(0o777)
    reason = "can be written by every account"
    with pytest.raises(Forbidden, match=reason):
        CloneBody("there", "copy").resolve(context(catalog))
    with pytest.raises(Forbidden, match=reason):
        UpdateBody("there", remove=("numpy",)).resolve(context(catalog))
    with pytest.raises(Forbidden, match=reason):
        AddKernelBody("there").resolve(context(catalog))
    assert RemoveBody("there").resolve(context(catalog)).prefix == prefix


def test_a_plan_is_of_something(catalog: Catalog) -> None:
    plan = PlanBody(UpdateBody("there", add=("numpy",))).resolve(context(catalog))
    assert (plan.kind, plan.operation.kind, plan.environment) == ("plan", "update", "there")


def job(state: JobState, request: JobRequest = CREATE) -> Job:
    return Job("20260101-000000-00000000", request, 1, 0.0, state=state)


@pytest.mark.parametrize("state", ["failed", "cancelled", "interrupted"])
@pytest.mark.parametrize("request_", [CREATE, PlanOnly(CREATE)])
def test_what_did_not_reach_its_end_is_resumed(state: JobState, request_: JobRequest) -> None:
    assert run_request(job(state, request_)) is request_


def test_what_was_planned_is_carried_out() -> None:
    planned = job("succeeded", PlanOnly(CREATE))
    assert run_request(planned) is CREATE
    with pytest.raises(Conflict):
        run_request(job("succeeded"))
    for state in ("queued", "running"):
        with pytest.raises(Busy) as refused:
            run_request(job(state))
        assert refused.value.details == {"job": planned.id}


def test_who_would_be_in_whose_way(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    a, b = (Update(name, tmp_path / name) for name in ("a", "b"))
    copies = [Clone(name, tmp_path / name, source=tmp_path / "a") for name in ("c", "d")]
    assert clashes(a, a)
    assert not clashes(a, b)
    assert clashes(a, copies[0])
    assert clashes(copies[0], a)
    assert not clashes(copies[0], copies[1]), "two may read"
    assert not clashes(PlanOnly(a), a), "a plan only reads"
    assert clashes(Update("a", tmp_path / "real"), Update("b", tmp_path / "link"))


@pytest.mark.parametrize(
    "body",
    [
        UpdateBody("there", add=("numpy",)),
        RollbackBody("there", 0),
        AddKernelBody("there"),
        RemoveBody("there", force=True),
    ],
)
def test_a_frozen_environment_is_left_alone(catalog: Catalog, tmp_path: Path, body: Body) -> None:
    (tmp_path / "envs" / "there" / "conda-meta" / "frozen").write_text('{"message": "Ask the staff."}')
    with pytest.raises(Forbidden, match=r"it is frozen by its file conda-meta/frozen: Ask the staff\.$"):
        body.resolve(context(catalog))
    assert CloneBody("there", "mine").resolve(context(catalog)).kind == "clone"


def test_paths_that_no_new_environment_can_have(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="cannot be the path of an environment"):
        create(catalog, SPEC, prefix=tmp_path / 'a"b')
    with pytest.raises(InvalidRequest, match="cannot be the path of an environment"):
        CloneBody("there", "").resolve(context(catalog, prefix=tmp_path / "a\\b"))


def test_lines_of_pip_are_judged_with_the_files_beside_the_spec(catalog: Catalog, tmp_path: Path) -> None:
    text = "name: lesson\ndependencies:\n  - python\n  - pip\n  - pip:\n    - -rmore.txt\n"
    with pytest.raises(InvalidSpec, match=f"line 6: '-rmore.txt': There is no file {tmp_path}/more.txt"):
        create(catalog, text, workdir=tmp_path)
    (tmp_path / "more.txt").write_text("rich\n")
    assert create(catalog, text, workdir=tmp_path).spec is not None
    only_pip = text.replace("-rmore.txt", "demo --config-settings a=b")
    assert create(catalog, only_pip, workdir=tmp_path, installer="pip").spec is not None
    with pytest.raises(InvalidSpec, match="uv does not know the option --config-settings"):
        create(catalog, only_pip, workdir=tmp_path)


def test_the_age_of_packages_is_a_time_from_the_request_on(catalog: Catalog) -> None:
    before = datetime.now(timezone.utc)
    created = CreateBody(exclude_newer="7d").resolve(context(catalog, SPEC))
    assert created.exclude_newer is not None
    assert timedelta(0) <= created.exclude_newer + timedelta(days=7) - before < timedelta(minutes=1)
    there = environment_id(catalog.find("there").prefix)
    updated = UpdateBody(there, add=("numpy",), exclude_newer="2026-11-01").resolve(context(catalog))
    assert updated.exclude_newer == datetime(2026, 11, 2, tzinfo=timezone.utc)
    added = AddKernelBody(there, "2026-11-01T00:00:00Z").resolve(context(catalog))
    assert added.exclude_newer == datetime(2026, 11, 1, tzinfo=timezone.utc)
    assert create(catalog).exclude_newer is None
    with pytest.raises(InvalidRequest, match="exclude_newer cannot be 'soon'") as refused:
        UpdateBody(there, upgrade=True, exclude_newer="soon").resolve(context(catalog))
    assert refused.value.problem.remedy.startswith("Write a date such as 2026-11-01, ")
    with pytest.raises(InvalidRequest, match="exact packages"):
        CreateBody(exclude_newer="7d").resolve(context(catalog, "@EXPLICIT\nhttps://h/noarch/a-1-0.conda\n"))
