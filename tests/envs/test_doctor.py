from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from jupyter_envkernels.envs.doctor import Diagnosis, diagnose, path_of
from jupyter_envkernels.envs.usage import record_activation
from jupyter_envkernels.models import PENDING_MARK, Problem
from tests.envs.conftest import MakeCatalog
from tests.prefixes import add_kernel, make_prefix


def words(diagnosis: Diagnosis) -> str:
    return " | ".join(finding.message for finding in diagnosis.findings)


def test_a_kernel(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "envs/lesson", "python3")
    diagnosis = diagnose(catalog_of(), prefix)
    assert diagnosis.is_kernel
    assert all(finding.ok for finding in diagnosis.findings)
    assert "has conda-meta/history" in words(diagnosis)
    assert f"found in {tmp_path}/envs (c.EnvKernels.roots)" in words(diagnosis)
    assert "offers the kernel conda-env-lesson-py" in words(diagnosis)


def test_a_kernel_with_the_interpreter_of_another_prefix(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    prefix, other = make_prefix(tmp_path / "envs/lesson"), make_prefix(tmp_path / "other")
    add_kernel(prefix, argv=[f"{other}/bin/python"])
    diagnosis = diagnose(catalog_of(), prefix)
    assert diagnosis.is_kernel
    assert f"{other} is activated: It runs the interpreter of {other}." in words(diagnosis)


def test_a_link_to_a_kernel(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "envs/lesson", "python3")
    (tmp_path / "link").symlink_to(prefix)
    diagnosis = diagnose(catalog_of(), tmp_path / "link")
    assert diagnosis.is_kernel
    assert f"as {prefix}" in words(diagnosis)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("gone", "no longer exists"),
        ("folder", "no conda-meta/history"),
        ("dangling", "is a link to"),
        ("pending", "still being built"),
        (".x.envkernels-stage", "working folder of a job"),
        ("no-kernel", "ipykernel is not installed"),
        ("broken", "not JSON"),
    ],
)
def test_the_rule_that_decides(catalog_of: MakeCatalog, tmp_path: Path, name: str, sentence: str) -> None:
    envs = tmp_path / "envs"
    (envs / "folder").mkdir(parents=True)
    (envs / "dangling").symlink_to("/nowhere")
    (make_prefix(envs / "pending", "python3") / PENDING_MARK).touch()
    make_prefix(envs / ".x.envkernels-stage", "python3")
    make_prefix(envs / "no-kernel")
    (make_prefix(envs / "broken", "python3") / "share/jupyter/kernels/python3/kernel.json").write_text("{")
    diagnosis = diagnose(catalog_of(), envs / name)
    assert diagnosis.is_kernel is False
    assert sentence in diagnosis.findings[-1].message
    assert diagnosis.findings[-1].remedy
    assert all(finding.ok for finding in diagnosis.findings[:-1])


def test_scripts_that_failed_keep_no_kernel_from_being_one(
    catalog_of: MakeCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    prefix = make_prefix(tmp_path / "envs/lesson", "python3")
    problem = Problem("activation-script", f"{prefix}/etc/conda/activate.d/a.sh failed.", "Correct it.")
    record_activation({prefix: [problem]})
    diagnosis = diagnose(catalog_of(), prefix)
    assert diagnosis.is_kernel
    last = diagnosis.findings[-1]
    assert (last.ok, last.message, last.remedy) == (False, problem.message, problem.remedy)
    record_activation({prefix: ()})
    assert all(finding.ok for finding in diagnose(catalog_of(), prefix).findings)


def test_an_environment_that_no_location_names(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    diagnosis = diagnose(catalog_of(), make_prefix(tmp_path / "unknown/x", "python3"))
    assert diagnosis.is_kernel is False
    assert diagnosis.findings[-1].message == "It is in none of the locations."
    assert "c.EnvKernels.roots" in diagnosis.findings[-1].remedy


def test_an_environment_that_is_hidden(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    prefix = make_prefix(tmp_path / "envs/secret", "python3")
    diagnosis = diagnose(catalog_of(hidden_environments="secret"), prefix)
    assert diagnosis.is_kernel is False
    assert "hides it" in diagnosis.findings[-1].message


def test_the_prefix_that_runs_jupyter(catalog_of: MakeCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = make_prefix(tmp_path / "envs/jupyter", "python3")
    monkeypatch.setattr(sys, "prefix", str(prefix))
    diagnosis = diagnose(catalog_of(), prefix)
    assert diagnosis.is_kernel
    assert "usual names" in words(diagnosis)


def test_locations_and_configuration(catalog_of: MakeCatalog, tmp_path: Path) -> None:
    make_prefix(tmp_path / "envs/a")
    make_prefix(tmp_path / "envs/b")
    (tmp_path / "home/.condarc").write_text("channels: nonsense\n")
    diagnosis = diagnose(catalog_of())
    assert diagnosis.path is None
    assert diagnosis.is_kernel is None
    by_path = {location.path: location for location in diagnosis.locations}
    root = by_path[f"{tmp_path}/envs"]
    assert (root.state, root.prefixes, root.origin) == ("found", 2, "c.EnvKernels.roots")
    assert by_path[f"{tmp_path}/home/miniconda3"].state == "missing"
    assert [finding.ok for finding in diagnosis.configuration] == [True, False]
    assert str(tmp_path / "home/.condarc") in diagnosis.configuration[0].message
    assert asdict(diagnosis)["locations"][0]["path"] == f"{tmp_path}/envs"


def test_what_a_person_means(catalog_of: MakeCatalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    prefix = make_prefix(tmp_path / "envs/lesson", "python3")
    (tmp_path / "home/.conda/envs/odd").mkdir(parents=True)
    catalog = catalog_of(contents_root=tmp_path / "work")
    assert path_of(catalog, "lesson") == prefix
    assert path_of(catalog, catalog.find("lesson").id) == prefix
    assert path_of(catalog, "odd") == tmp_path / "home/.conda/envs/odd", "no environment, but there"
    assert path_of(catalog, "absent") == tmp_path / "envs/absent", "where it would go"
    assert path_of(catalog, "/opt/x") == Path("/opt/x")
    assert path_of(catalog, "~/x") == tmp_path / "home/x"
    assert path_of(catalog, "course/x") == tmp_path / "work/course/x"
