from __future__ import annotations

from typing import get_args

import pytest

from jupyter_envkernels.models import ExportFormat, InstalledPackage, Inventory
from jupyter_envkernels.specs import channels_of, check, export_text

FORGE = "https://conda.anaconda.org/conda-forge"
LAB = "https://conda.example.org/lab"


def conda(
    name: str, version: str, build: str, channel: str = FORGE, subdir: str = "noarch", md5: str = "", sha256: str = ""
) -> InstalledPackage:
    url = f"{channel}/{subdir}/{name}-{version}-{build}.conda"
    return InstalledPackage("conda", name, version, build, channel, subdir, url, md5, sha256)


def pip(requirement: str, *, requested: bool = False) -> InstalledPackage:
    name = requirement.partition("=")[0]
    return InstalledPackage("pip", name, "1.0", requested=requested, requirement=requirement)


INVENTORY = Inventory(
    (
        conda("numpy", "2.1.3", "py312_0", subdir="linux-64", md5="m" * 32, sha256="s" * 64),
        conda("python", "3.12.1", "0_cpython", subdir="linux-64", md5="n" * 32),
        conda("tides", "1.0", "0", LAB),
        pip("rich==1.0", requested=True),
        pip("pygments==1.0"),
    ),
    requested=("python=3.12", "numpy>=2", "lab::tides"),
    variables={"LESSON": "1.10"},
)


def test_yaml_pins_all_and_names_minor_channels() -> None:
    checked = check(export_text("ocean", INVENTORY, "yaml"))
    assert checked.spec is not None
    assert checked.ok
    assert checked.spec.name == "ocean"
    assert checked.spec.channels == ("conda-forge", LAB)
    assert checked.spec.dependencies == (
        "numpy=2.1.3=py312_0",
        "python=3.12.1=0_cpython",
        f"{LAB}::tides=1.0=0",
    )
    assert checked.spec.pip == ("rich==1.0", "pygments==1.0")
    assert checked.spec.variables == {"LESSON": "1.10"}


def test_without_builds_the_versions_stay_exact() -> None:
    spec = check(export_text("ocean", INVENTORY, "yaml-no-builds")).spec
    assert spec is not None
    assert spec.dependencies == ("numpy==2.1.3", "python==3.12.1", f"{LAB}::tides==1.0")
    assert spec.pip == ("rich==1.0", "pygments==1.0")


def test_from_history_has_what_was_asked_for() -> None:
    spec = check(export_text("ocean", INVENTORY, "yaml-from-history")).spec
    assert spec is not None
    assert spec.dependencies == INVENTORY.requested
    assert spec.pip == ("rich==1.0",)
    assert spec.channels == ("conda-forge", LAB)
    assert spec.variables == {"LESSON": "1.10"}


def test_without_a_history_all_packages_were_asked_for() -> None:
    unknown = Inventory(INVENTORY.packages)
    assert export_text("ocean", unknown, "yaml-from-history") == export_text("ocean", unknown, "yaml-no-builds")


def test_explicit() -> None:
    lines = export_text("ocean", INVENTORY, "explicit").splitlines()
    assert lines[1:] == [
        "# platform: linux-64",
        "# Not in this list, because pip installed them: rich, pygments",
        "@EXPLICIT",
        f"{FORGE}/linux-64/numpy-2.1.3-py312_0.conda#{'s' * 64}",
        f"{FORGE}/linux-64/python-3.12.1-0_cpython.conda#{'n' * 32}",
        f"{LAB}/noarch/tides-1.0-0.conda",
    ]


def test_explicit_says_what_has_no_url() -> None:
    text = export_text("ocean", Inventory((InstalledPackage("conda", "mine", "1", "0"),)), "explicit")
    assert "# no URL: mine=1=0\n" in text
    assert text.endswith("@EXPLICIT\n")


def test_requirements() -> None:
    assert export_text("ocean", INVENTORY, "requirements").splitlines() == [
        "# What pip installed beside python 3.12.1",
        "rich==1.0",
        "pygments==1.0",
    ]


@pytest.mark.parametrize("form", [form for form in get_args(ExportFormat) if form != "pixi-lock"])
def test_no_format_has_credentials(form: ExportFormat) -> None:
    secret = Inventory(
        (
            conda("a", "1", "0", "https://user:hunter2@host/t/hunter3/main"),
            pip("b @ git+https://hunter4@host/b@v1", requested=True),
        ),
        ("https://user:hunter2@host/main::a",),
        {"DATABASE": "postgres://me:hunter5@host/db"},
    )
    assert "hunter" not in export_text("x", secret, form)


def test_channels_by_their_public_names() -> None:
    packages = [conda("a", "1", "0", f"https://repo.anaconda.com/pkgs/{name}") for name in ("main", "r")]
    packages.append(conda("b", "1", "0", "https://conda.anaconda.org/a/label/dev"))
    inventory = Inventory(tuple(packages))
    assert len(channels_of(inventory.of("conda"))) == 3
    spec = check(export_text("x", inventory, "yaml")).spec
    assert spec is not None
    assert spec.channels == ("a/label/dev", "defaults")


def test_an_empty_environment() -> None:
    for form in get_args(ExportFormat):
        if form != "pixi-lock":
            assert export_text("x", Inventory(), form)
