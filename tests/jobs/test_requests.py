"""The one gate for what a person asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

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
    add_kernel_request,
    change_refused,
    clashes,
    clone_request,
    create_request,
    plan_request,
    remove_request,
    rollback_request,
    run_request,
    update_request,
)
from jupyter_envkernels.models import CatalogOptions, Edit, Job, JobKind, JobRequest, JobState, environment_id

SPEC = "name: lesson\ndependencies: [python]\n"
CREATE = JobRequest("create", "lesson", Path("/envs/lesson"))


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    """One environment, ``there``, without a kernel."""
    (tmp_path / "envs" / "there" / "conda-meta").mkdir(parents=True)
    (tmp_path / "envs" / "there" / "conda-meta" / "history").touch()
    return Catalog(CatalogOptions(roots=(tmp_path / "envs",)))


def test_where_an_environment_goes(catalog: Catalog, tmp_path: Path) -> None:
    request = create_request(catalog, SPEC, workdir=tmp_path)
    assert (request.kind, request.environment, request.prefix) == ("create", "lesson", tmp_path / "envs" / "lesson")
    assert request.environment_id == environment_id(request.prefix)
    assert create_request(catalog, SPEC, name="other").prefix == tmp_path / "envs" / "other"
    assert create_request(catalog, SPEC, name="a", root=tmp_path / "more").prefix == tmp_path / "more" / "a"
    assert create_request(catalog, SPEC, prefix=tmp_path / "exactly").prefix == tmp_path / "exactly"


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "-rf", "a\nb", "a b", ".hidden", "x" * 300, "base", "root"])
def test_names_that_none_can_have(catalog: Catalog, name: str) -> None:
    with pytest.raises((InvalidRequest, InvalidSpec)):
        create_request(catalog, f"name: {name!r}\ndependencies: [python]\n")
    with pytest.raises(InvalidRequest):
        clone_request(catalog, "there", name=name)


def test_a_path_that_cannot_be_written_down(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="not UTF-8"):
        create_request(catalog, SPEC, prefix=tmp_path / "\udcff")


@pytest.mark.parametrize(
    ("text", "edit", "error"),
    [
        (None, Edit(), InvalidRequest),
        (None, Edit(add=("numpy = = 1",)), InvalidSpec),
        ("dependencies: {}", Edit(), InvalidSpec),
        ("@EXPLICIT\nhttps://conda.example/main/noarch/a-1-0.conda\n", Edit(), InvalidSpec),
    ],
)
def test_changes_that_are_none(catalog: Catalog, text: str | None, edit: Edit, error: type[EnvKernelsError]) -> None:
    with pytest.raises(error):
        update_request(catalog, "there", text, edit=edit)


def test_what_there_is_can_be_changed(catalog: Catalog) -> None:
    request = update_request(catalog, "there", edit=Edit(remove=("numpy",)))
    assert (request.kind, request.edit.remove, request.spec) == ("update", ("numpy",), None)
    assert add_kernel_request(catalog, "there").kind == "add-kernel"
    assert remove_request(catalog, "there").force is False
    with pytest.raises(NotFound, match="has no revision 7"):
        rollback_request(catalog, "there", 7)
    with pytest.raises(NotFound):
        remove_request(catalog, "absent")


def test_what_must_not_be_changed(catalog: Catalog, tmp_path: Path) -> None:
    found = catalog.find("there")
    assert change_refused(found) == ""
    (tmp_path / "link").symlink_to(found.prefix)
    assert change_refused(replace(found, is_base=True)) == "it is the base of a conda installation"
    assert change_refused(replace(found, is_running=True)) == "Jupyter itself runs in it"
    assert change_refused(replace(found, read_only=True)) == "it is read-only for you"
    assert change_refused(replace(found, prefix=tmp_path / "link")) == "it is a link to another place"


def test_what_is_not_trusted_is_neither_copied_nor_changed_but_may_be_removed(catalog: Catalog) -> None:
    prefix = catalog.find("there").prefix
    prefix.chmod(0o777)
    reason = "can be written by every account"
    with pytest.raises(Forbidden, match=reason):
        clone_request(catalog, "there", name="copy")
    with pytest.raises(Forbidden, match=reason):
        update_request(catalog, "there", edit=Edit(remove=("numpy",)))
    with pytest.raises(Forbidden, match=reason):
        add_kernel_request(catalog, "there")
    assert remove_request(catalog, "there").prefix == prefix


def test_a_plan_is_of_something() -> None:
    plan = plan_request(replace(CREATE, kind="update"))
    assert (plan.kind, plan.plans, plan.prefix) == ("plan", "update", CREATE.prefix)


def job(state: JobState, kind: JobKind = "create", plans: JobKind | None = None) -> Job:
    request = replace(CREATE, kind=kind, plans=plans)
    return Job("20260101-000000-00000000", request, state, None, None, "", None, 1, 0.0)


@pytest.mark.parametrize("state", ["failed", "cancelled", "interrupted"])
@pytest.mark.parametrize("has_plan", [True, False])
def test_what_did_not_reach_its_end_is_taken_up_again(state: JobState, *, has_plan: bool) -> None:
    asked = run_request(job(state), has_plan=has_plan)
    assert (asked.kind, bool(asked.job)) == ("create", has_plan)


def test_what_was_planned_is_carried_out() -> None:
    planned = job("succeeded", "plan", "update")
    asked = run_request(planned, has_plan=True)
    assert (asked.kind, asked.plans, asked.job) == ("update", None, planned.id)
    with pytest.raises(Conflict):
        run_request(job("succeeded"), has_plan=True)
    for state in ("queued", "running"):
        with pytest.raises(Busy) as refused:
            run_request(job(state), has_plan=True)
        assert refused.value.details == {"job": planned.id}


def test_who_would_be_in_whose_way(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    a, b = (JobRequest("update", name, tmp_path / name) for name in ("a", "b"))
    copies = [JobRequest("clone", name, tmp_path / name, source=tmp_path / "a") for name in ("c", "d")]
    assert clashes(a, a)
    assert not clashes(a, b)
    assert clashes(a, copies[0])
    assert clashes(copies[0], a)
    assert not clashes(copies[0], copies[1]), "two may read"
    assert not clashes(plan_request(a), a), "a plan only reads"
    assert clashes(replace(a, prefix=tmp_path / "real"), replace(b, prefix=tmp_path / "link"))


@pytest.mark.parametrize(
    "ask",
    [
        lambda catalog: update_request(catalog, "there", edit=Edit(add=("numpy",))),
        lambda catalog: rollback_request(catalog, "there", 0),
        lambda catalog: add_kernel_request(catalog, "there"),
        lambda catalog: remove_request(catalog, "there", force=True),
    ],
)
def test_a_frozen_environment_is_left_alone(
    catalog: Catalog, tmp_path: Path, ask: Callable[[Catalog], JobRequest]
) -> None:
    (tmp_path / "envs" / "there" / "conda-meta" / "frozen").write_text('{"message": "Ask the staff."}')
    with pytest.raises(Forbidden, match=r"it is frozen by its file conda-meta/frozen: Ask the staff\.$"):
        ask(catalog)
    assert clone_request(catalog, "there", name="mine").kind == "clone"


def test_paths_that_no_new_environment_can_have(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="cannot be the path of an environment"):
        create_request(catalog, SPEC, prefix=tmp_path / 'a"b')
    with pytest.raises(InvalidRequest, match="cannot be the path of an environment"):
        clone_request(catalog, "there", prefix=tmp_path / "a\\b")


def test_lines_of_pip_are_judged_with_the_files_beside_the_spec(catalog: Catalog, tmp_path: Path) -> None:
    text = "name: lesson\ndependencies:\n  - python\n  - pip\n  - pip:\n    - -rmore.txt\n"
    with pytest.raises(InvalidSpec, match=f"line 6: '-rmore.txt': There is no file {tmp_path}/more.txt"):
        create_request(catalog, text, workdir=tmp_path)
    (tmp_path / "more.txt").write_text("rich\n")
    assert create_request(catalog, text, workdir=tmp_path).spec is not None
    only_pip = text.replace("-rmore.txt", "demo --config-settings a=b")
    assert create_request(catalog, only_pip, workdir=tmp_path, installer="pip").spec is not None
    with pytest.raises(InvalidSpec, match="uv does not know the option --config-settings"):
        create_request(catalog, only_pip, workdir=tmp_path)
