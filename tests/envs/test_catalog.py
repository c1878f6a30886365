from __future__ import annotations

import builtins
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.envs.prefixes import Contents, read_prefix
from jupyter_envkernels.envs.trust import TrustSession
from jupyter_envkernels.errors import Ambiguous, Forbidden, InvalidRequest, NotFound
from jupyter_envkernels.models import PENDING_MARK, CatalogOptions, environment_id
from tests.envs.conftest import MakeCatalog
from tests.prefixes import add_kernel, age, environ_of, make_prefix, spoil, write_kernel_json


def names(catalog: Catalog) -> list[str]:
    return [environment.name for environment in catalog.environments()]


def kernel_ids(catalog: Catalog) -> dict[str, str]:
    """Prefix -> kernel id."""
    return {str(env.prefix): kernel.id for env in catalog.environments() for kernel in env.kernels}


def list_in(home: Path, *prefixes: Path) -> None:
    (home / ".conda").mkdir(exist_ok=True)
    (home / ".conda/environments.txt").write_text("".join(f"{prefix}\n" for prefix in prefixes))


def test_a_link_to_the_deepest_folder_ends_no_listing(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    """Other accounts can make such a path in a folder that the user has linked."""
    deep = "/".join(["d"] * 1500)
    top = make_prefix(tmp_path / "work/.pixi/envs/good").parent
    folder = os.open(top, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=folder)
        below = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.mkdir("conda-meta", dir_fd=folder)
    os.close(os.open("conda-meta/history", os.O_CREAT, dir_fd=folder))
    os.close(folder)
    (top / "deep").symlink_to(deep)
    try:
        assert names(catalog_of(contents_root=tmp_path / "work")) == ["work:deep", "work:good"]
    finally:  # which pytest cannot delete
        subprocess.run(["rm", "-r", str(top)], check=True)


def test_the_constructor_reads_nothing(catalog_of: MakeCatalog, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        pytest.fail("a file was looked at")

    with monkeypatch.context() as patch:
        for name in ("stat", "lstat", "listdir", "scandir", "open", "access"):
            patch.setattr(os, name, refuse)
        patch.setattr(builtins, "open", refuse)
        catalog = catalog_of(display_name="{name}", hidden_environments="x")
    assert names(catalog) == []


def test_all_sorts_of_environments(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    base = make_prefix(tmp_path / "home/miniforge3", "python3")
    make_prefix(base / "envs/named", "python3")
    by_prefix = make_prefix(tmp_path / "anywhere/by-prefix", "python3")
    nested = make_prefix(by_prefix / "inner", "ir")
    make_prefix(tmp_path / "envs/with space & $(touch pwned)", "python3")
    make_prefix(tmp_path / "work/project/.pixi/envs/default", "python3")
    list_in(tmp_path / "home", by_prefix, nested)
    catalog = catalog_of(contents_root=tmp_path / "work")
    assert names(catalog) == ["by-prefix", "inner", "miniforge3", "named", "project", "with space & $(touch pwned)"]
    assert [env.is_base for env in catalog.environments()] == [False, False, True, False, False, False]
    assert not any(env.problem for env in catalog.environments())


def test_other_homes_that_the_administrator_lists(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    theirs = make_prefix(tmp_path / "theirs", "python3")
    (tmp_path / "teacher").mkdir()
    list_in(tmp_path / "teacher", theirs)
    assert names(catalog_of()) == []
    assert names(catalog_of(homes=(tmp_path / "teacher",))) == ["theirs"]


def test_broken_ones_are_shown_with_their_reason_and_hide_no_other(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    envs = tmp_path / "envs"
    make_prefix(envs / "good", "python3")
    make_prefix(envs / "no-kernel")
    make_prefix(envs / "no-python", "python3", python=False)
    write_kernel_json(make_prefix(envs / "truncated"), b'{"argv": ["python')
    write_kernel_json(make_prefix(envs / "array"), b"[1]")
    write_kernel_json(make_prefix(envs / "latin-1"), '{"argv": ["é"]}'.encode("latin-1"))
    add_kernel(make_prefix(envs / "null-metadata"), metadata=None)
    (envs / "dangling").symlink_to(tmp_path / "nowhere")
    (envs / "no-environment").mkdir()
    list_in(tmp_path / "home", tmp_path / "deleted")
    problems = {env.name: env.problem.code if env.problem else None for env in catalog_of().environments()}
    assert problems == {
        "array": "bad-kernelspec",
        "dangling": "dangling-link",
        "deleted": "gone",
        "good": None,
        "latin-1": "bad-kernelspec",
        "no-kernel": "no-kernel",
        "no-python": "no-executable",
        "null-metadata": "bad-kernelspec",
        "truncated": "bad-kernelspec",
    }
    assert all(env.problem is None or env.problem.message for env in catalog_of().environments())


def test_what_is_pending_or_being_built_is_no_environment_yet(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    pending = make_prefix(tmp_path / "envs/new", "python3")
    make_prefix(tmp_path / "envs/.new.envkernels-1", "python3")
    (pending / PENDING_MARK).write_text("job")
    age(tmp_path)
    catalog = catalog_of()
    assert names(catalog) == []
    (pending / PENDING_MARK).unlink()
    assert names(catalog) == ["new"]


def test_ids_do_not_depend_on_other_environments(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    late, early = tmp_path / "zzz/x", tmp_path / "aaa/x"
    make_prefix(late, "python3")
    list_in(tmp_path / "home", late)
    catalog = catalog_of()
    before = kernel_ids(catalog)
    make_prefix(early, "python3")
    make_prefix(tmp_path / "envs/x", "python3")
    list_in(tmp_path / "home", early, late)
    after = kernel_ids(catalog)
    assert after[str(late)] == before[str(late)]
    assert after[f"{tmp_path}/envs/x"] == "conda-env-x-py"
    assert len(set(after.values())) == 3
    shutil.rmtree(late)
    assert str(late) not in kernel_ids(catalog)
    assert before[str(late)] not in kernel_ids(catalog).values()


def test_nothing_is_read_again_while_nothing_has_changed(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    make_prefix(tmp_path / "envs/a", "python3")
    make_prefix(tmp_path / "envs/no-kernel")
    age(tmp_path)
    catalog = catalog_of()
    first = catalog.environments()
    assert catalog.environments() is first


def test_changes_from_a_terminal_show_at_the_next_listing(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    make_prefix(tmp_path / "envs/a", "python3")
    age(tmp_path)
    catalog = catalog_of()
    assert names(catalog) == ["a"]
    make_prefix(tmp_path / "envs/b")
    assert names(catalog) == ["a", "b"]
    assert len(kernel_ids(catalog)) == 1
    add_kernel(tmp_path / "envs/b")
    assert len(kernel_ids(catalog)) == 2
    add_kernel(tmp_path / "envs/a", "ir", argv=["R"], language="R")
    assert [len(env.kernels) for env in catalog.environments()] == [2, 1]
    shutil.rmtree(tmp_path / "envs/a")
    assert names(catalog) == ["b"]


def test_an_environment_that_conda_is_still_creating(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    (tmp_path / "envs/slow/conda-meta").mkdir(parents=True)
    age(tmp_path)
    catalog = catalog_of()
    assert names(catalog) == []
    (tmp_path / "envs/slow/conda-meta/history").touch()  # the folder's time stamp stays
    assert names(catalog) == ["slow"]


def test_a_change_of_condas_configuration_shows(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    make_prefix(tmp_path / "elsewhere/e", "python3")
    catalog = catalog_of()
    assert names(catalog) == []
    (tmp_path / "home/.condarc").write_text(f"envs_dirs: [{tmp_path}/elsewhere]\n")
    assert names(catalog) == ["e"]


def test_find(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "envs/lesson", "python3")
    (tmp_path / "link").symlink_to(prefix)
    catalog = catalog_of()
    for ref in ("lesson", str(prefix), f"{prefix}/", str(tmp_path / "link"), environment_id(prefix)):
        assert catalog.find(ref).prefix == prefix
    with pytest.raises(NotFound, match="no environment 'lessen'") as raised:
        catalog.find("lessen")
    assert raised.value.remedy == "Did you mean lesson?"


@pytest.mark.parametrize("ref", ["a\0b", "/a\0b", "/\ud800", "./\udfff/x"])
def test_what_cannot_be_a_path_is_not_found(catalog_of: MakeCatalog, ref: str) -> None:
    with pytest.raises(NotFound):
        catalog_of().find(ref)


def test_find_takes_any_prefix_that_is_an_environment(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "unknown/x", "python3")
    found = catalog_of().find(str(prefix))
    assert found.id == environment_id(prefix)
    assert found.kernels[0].id.startswith("conda-env-x-")
    with pytest.raises(NotFound, match="no longer exists"):
        catalog_of().find(str(tmp_path / "nowhere"))


def test_an_ambiguous_name_is_refused_with_the_candidates(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    first = make_prefix(tmp_path / "envs/x", "python3")
    second = make_prefix(tmp_path / "home/.conda/envs/x", "python3")
    with pytest.raises(Ambiguous) as raised:
        catalog_of().find("x")
    assert raised.value.details["candidates"] == [str(first), str(second)]


def test_kernel_by_id(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "envs/lesson", "python3")
    age(tmp_path)
    catalog = catalog_of()
    found = catalog.kernel("conda-env-lesson-py")
    assert found is not None
    assert found[0].prefix == prefix
    assert found[1].raw_name == "python3"
    assert catalog.kernel("conda-env-lesson-r") is None
    shutil.rmtree(prefix)
    assert catalog.kernel("conda-env-lesson-py") is None
    make_prefix(prefix, "ir")
    assert catalog.kernel("conda-env-lesson-r") is not None


def test_a_known_kernel_is_found_without_a_look_at_the_others(
    catalog_of: MakeCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_prefix(tmp_path / "envs/a", "python3")
    make_prefix(tmp_path / "envs/b", "python3")
    age(tmp_path)
    catalog = catalog_of()
    catalog.environments()
    looked_at: list[str] = []
    real = os.stat

    def stat(path: Any, *args: Any, **kwargs: Any) -> os.stat_result:
        looked_at.append(str(path))
        return real(path, *args, **kwargs)

    monkeypatch.setattr(os, "stat", stat)
    assert catalog.kernel("conda-env-a-py") is not None
    assert len(looked_at) == 2
    assert all(path.startswith(f"{tmp_path}/envs/a/") for path in looked_at)


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({"hidden_environments": "^secret"}, ["conda", "lesson"]),
        ({"hidden_environments": "/envs/"}, ["conda"]),
        ({"hide_base": True}, ["lesson", "secret-exam"]),
        ({}, ["conda", "lesson", "secret-exam"]),
    ],
)
def test_hidden_ones(catalog_of: MakeCatalog, tmp_path: Path, options: dict[str, Any], shown: list[str]) -> None:
    make_prefix(tmp_path / "envs/lesson", "python3")
    make_prefix(tmp_path / "envs/secret-exam", "python3")
    make_prefix(tmp_path / "home/conda", "python3")
    assert names(catalog_of(**options)) == shown


@pytest.mark.parametrize("options", [{"hidden_environments": "("}, {"display_name": "{nothing}"}])
def test_options_that_cannot_be_used(catalog_of: MakeCatalog, options: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest) as raised:
        catalog_of(**options)
    assert raised.value.remedy


def test_new_prefixes_go_into_the_first_root_that_can_be_written_to(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    roots = (tmp_path / "file", tmp_path / "not/yet/there", tmp_path / "envs")
    assert catalog_of(roots=roots).new_prefix("x") == tmp_path / "not/yet/there/x"
    assert catalog_of(roots=()).new_prefix("x") == tmp_path / "home/.conda/envs/x"
    assert catalog_of().new_prefix("x", tmp_path / "other") == tmp_path / "other/x"
    with pytest.raises(Forbidden, match="cannot be written to"):
        catalog_of(roots=(tmp_path / "file",)).new_prefix("x")


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a\0b"])
def test_names_that_are_no_folder_names(catalog_of: MakeCatalog, name: str) -> None:
    with pytest.raises(InvalidRequest):
        catalog_of().new_prefix(name)


def test_many_threads_see_one_truth(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    for number in range(20):
        make_prefix(tmp_path / f"envs/e{number:02}", "python3")
    catalog = catalog_of()
    seen: list[int] = []

    def read() -> None:
        seen.extend(len(catalog.environments()) for _ in range(20))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        os.utime(tmp_path / "envs")
    for thread in threads:
        thread.join()
    assert seen == [20] * 80


def test_the_running_prefix_is_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = make_prefix(tmp_path / "jupyter", "python3")
    monkeypatch.setattr(sys, "prefix", str(prefix))
    (environment,) = Catalog(CatalogOptions(), environ_of(tmp_path)).environments()
    assert environment.is_running
    assert environment.name == "jupyter"


def test_the_default_variables_are_those_of_this_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    make_prefix(tmp_path / ".conda/envs/mine", "python3")
    assert names(Catalog(CatalogOptions())) == ["mine"]


def test_after_a_change_the_others_are_not_read_again(
    catalog_of: MakeCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_prefix(tmp_path / "envs/a", "python3")
    age(tmp_path)
    catalog = catalog_of()
    before = catalog.environments()
    make_prefix(tmp_path / "envs/b", "python3")
    read: list[str] = []

    def noted(prefix: str, session: TrustSession) -> Contents:
        read.append(prefix)
        return read_prefix(prefix, session)

    monkeypatch.setattr("jupyter_envkernels.envs.catalog.read_prefix", noted)
    assert catalog.environments()[0] is before[0]
    assert names(catalog) == ["a", "b"]
    assert {prefix for prefix in read if prefix.startswith(str(tmp_path))} == {f"{tmp_path}/envs/b"}


def test_the_last_environment_goes(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    make_prefix(tmp_path / "envs/a", "python3")
    catalog = catalog_of()
    assert names(catalog) == ["a"]
    shutil.rmtree(tmp_path / "envs/a")
    assert names(catalog) == []


def test_a_link_that_cannot_be_read_harms_no_other(
    catalog_of: MakeCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_prefix(tmp_path / "envs/a", "python3")
    (tmp_path / "envs/forbidden").symlink_to("a")
    readlink = os.readlink

    def refuse(path: str) -> str:
        if os.fspath(path).endswith("forbidden"):
            raise PermissionError(13, "Permission denied", path)
        return readlink(path)

    monkeypatch.setattr(os, "readlink", refuse)
    assert "a" in names(catalog_of())
    assert not catalog_of().find(str(tmp_path / "envs/forbidden")).is_trusted
    with pytest.raises(NotFound):
        catalog_of().find("~nobody-of-that-name/x")


@pytest.fixture
def of_others(tmp_path: Path) -> Path:
    """An environment in a folder that every account can write, named by the user's own list."""
    prefix = make_prefix(tmp_path / "open/exam", "python3")
    (tmp_path / "open").chmod(0o777)
    list_in(tmp_path / "home", prefix)
    return prefix


def test_one_that_others_can_change_is_listed_without_kernels(
    catalog_of: MakeCatalog, tmp_path: Path, of_others: Path
) -> None:
    (environment,) = catalog_of().environments()
    assert (environment.name, environment.kernels, environment.is_trusted) == ("exam", (), False)
    assert environment.id == environment_id(of_others)
    assert environment.problem
    assert environment.problem.code == "not-trusted"
    assert f"{tmp_path}/open can be written by every account" in environment.problem.message
    assert f"jupyter envkernels trust {of_others}" in environment.problem.remedy


def test_whether_one_is_trusted_is_known_anew_when_a_folder_above_it_changes(
    catalog_of: MakeCatalog, tmp_path: Path, of_others: Path
) -> None:
    age(tmp_path)
    catalog = catalog_of()
    assert not catalog.environments()[0].kernels
    (tmp_path / "open").chmod(0o755)
    assert catalog.environments()[0].kernels
    (tmp_path / "open").chmod(0o777)
    assert not catalog.environments()[0].kernels


def test_a_name_means_the_trusted_one(catalog_of: MakeCatalog, tmp_path: Path, of_others: Path) -> None:
    mine = make_prefix(tmp_path / "envs/exam", "python3")
    assert catalog_of().find("exam").prefix == mine


def test_a_kernel_json_that_others_can_write_is_no_kernel(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "envs/lesson", "python3", "other")
    age(tmp_path)
    catalog = catalog_of()
    (prefix / "share/jupyter/kernels/python3/kernel.json").chmod(0o666)
    problems = {kernel.raw_name: kernel.problem for kernel in catalog.find("lesson").kernels}
    assert problems["other"] is None
    assert problems["python3"]
    assert problems["python3"].code == "not-trusted"
    (prefix / "share/jupyter/kernels/other/kernel.json").chmod(0o666)
    assert all(kernel.problem for kernel in catalog.find("lesson").kernels)


@pytest.mark.parametrize(
    "path", ["conda-meta/.envkernels-pending", "conda-meta/frozen", "share/jupyter/kernels/python3/kernel.json"]
)
@pytest.mark.parametrize("kind", ["pipe", "zero", "huge"])
def test_no_file_of_an_environment_stops_a_listing(
    catalog_of: MakeCatalog, tmp_path: Path, path: str, kind: str
) -> None:
    make_prefix(tmp_path / "envs/good", "python3")
    spoilt = make_prefix(tmp_path / "envs/spoilt", "python3") / path
    spoil(spoilt, kind)
    assert "good" in names(catalog_of())


@pytest.mark.parametrize("kind", ["pipe", "zero", "huge"])
def test_no_list_of_environments_stops_a_listing(catalog_of: MakeCatalog, tmp_path: Path, kind: str) -> None:
    make_prefix(tmp_path / "envs/good", "python3")
    (tmp_path / "home/.conda").mkdir()
    spoil(tmp_path / "home/.conda/environments.txt", kind)
    assert names(catalog_of()) == ["good"]


def test_the_list_of_another_home_counts_only_if_it_is_trusted(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    (tmp_path / "teacher").mkdir()
    list_in(tmp_path / "teacher", make_prefix(tmp_path / "theirs", "python3"))
    (tmp_path / "teacher/.conda/environments.txt").chmod(0o666)
    assert names(catalog_of(homes=(tmp_path / "teacher",))) == []
