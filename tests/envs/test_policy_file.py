"""Policy files: the strictest wins, and what is wrong with one refuses all changes."""

from __future__ import annotations

import os
from dataclasses import fields, replace
from pathlib import Path

import pytest

from jupyter_envkernels.envs.policy_file import SYSTEM_FOLDERS, limits_in_force
from jupyter_envkernels.errors import PolicyUnusable
from jupyter_envkernels.models import Limits

FULL = """\
# What holds on this hub
allowed_channels: [conda-forge, https://channels.example.org/house]
denied_packages:
  - cryptominer
  - "*-evil"
denied_variables: [CAMPUS_*]
allow_pip: false
max_environments: 10
max_total_bytes: 50000000000
max_packages: 500
max_environment_bytes: 10000000000
min_free_bytes: 1000000000
min_package_age: 7d
pip_indexes: [https://pypi.org/simple]
max_machine_jobs: 4
machine_jobs_dir: /var/lib/envkernels
max_concurrent_jobs: 1
max_queued_jobs: 5
job_timeout: 3600
allow_trust: false
message: |
  Write to
  it@example.org.
"""


def policy(folder: Path, text: str, name: str = "policy.yml") -> str:
    """Write a policy file, and return the folder of configuration that it is in."""
    path = folder / "envkernels" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(folder)


def test_the_folders_are_those_of_the_system_whatever_variables_say() -> None:
    assert SYSTEM_FOLDERS[:2] == ("/etc/jupyter", "/usr/local/etc/jupyter")
    assert len(SYSTEM_FOLDERS) == 3


def test_without_a_file_the_configuration_holds(tmp_path: Path) -> None:
    configured = Limits(max_packages=3, allowed_channels=("conda-forge",))
    assert limits_in_force(configured, [str(tmp_path), str(tmp_path / "absent")]) == configured


def test_every_limit(tmp_path: Path) -> None:
    limits = limits_in_force(Limits(), [policy(tmp_path, FULL)])
    assert limits == Limits(
        allowed_channels=("conda-forge", "https://channels.example.org/house"),
        denied_packages=("cryptominer", "*-evil"),
        denied_variables=("CAMPUS_*",),
        allow_pip=False,
        max_environments=10,
        max_total_bytes=50_000_000_000,
        max_packages=500,
        max_environment_bytes=10_000_000_000,
        min_free_bytes=1_000_000_000,
        min_package_age=604_800,
        pip_indexes=("https://pypi.org/simple",),
        max_machine_jobs=4,
        machine_jobs_dir="/var/lib/envkernels",
        max_concurrent_jobs=1,
        max_queued_jobs=5,
        job_timeout=3600,
        allow_trust=False,
        message="Write to it@example.org.",
        files=(f"{tmp_path}/envkernels/policy.yml",),
    )
    assert all(f"{each.name}:" in FULL for each in fields(Limits) if each.name != "files")


def test_json(tmp_path: Path) -> None:
    folder = policy(tmp_path, '{\n\t"max_packages": 5,\n\t"message": "Caf\\u00e9"\n}\n', "policy.json")
    limits = limits_in_force(Limits(), [folder])
    assert (limits.max_packages, limits.message) == (5, "Café")


def test_of_several_the_strictest_wins_and_the_configuration_only_tightens(tmp_path: Path) -> None:
    folders = [
        policy(tmp_path / "a", "max_packages: 500\nmax_environments: 2\nallowed_channels: [defaults, conda-forge]\n"),
        policy(
            tmp_path / "b", "max_packages: 50\nmessage: Ask.\nallowed_channels: ['https://repo.anaconda.com/pkgs/r']"
        ),
        policy(tmp_path / "b", '{"allow_pip": false}', "policy.json"),
    ]
    limits = limits_in_force(Limits(max_packages=100, max_environments=1), folders)
    assert (limits.max_packages, limits.max_environments, limits.allow_pip, limits.message) == (50, 1, False, "Ask.")
    assert limits.allowed_channels == ("https://repo.anaconda.com/pkgs/r",), "a member of defaults"
    assert len(limits.files) == 3
    loosened = replace(limits, max_packages=0, max_environments=0, allow_pip=True, allowed_channels=())
    assert limits_in_force(loosened, folders).max_packages == 50


def test_lists_with_nothing_in_common_allow_nothing(tmp_path: Path) -> None:
    folder = policy(tmp_path, "allowed_channels: [conda-forge]")
    with pytest.raises(PolicyUnusable, match=r"policy\.yml and the configuration have nothing in common"):
        limits_in_force(Limits(allowed_channels=("evil",)), [folder])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not a map"),
        ("max_packages: [", "line 1"),
        ("- max_packages", "not a map"),
        ("max_packages: -1", "max_packages must be a whole number"),
        ("max_packages: 1.5", "max_packages must be a whole number"),
        ("max_packages: '5'", "max_packages must be a whole number"),
        ("allow_pip: maybe", "allow_pip must be true or false"),
        ("denied_packages: numpy", "denied_packages must be a list"),
        ("denied_packages: [1]", "denied_packages must be a list"),
        ("allowed_channels: []", "allowed_channels must be a list"),
        ("allowed_channels:", "allowed_channels must be a list"),
        ("message: 5", "message must be text"),
        ("allowed_chanels: [a]", "no limit 'allowed_chanels'; did you mean allowed_channels?"),
        ("files: [a]", "no limit 'files'"),
        ("required_packages: [a]", "no limit 'required_packages'"),
        ("max_packages: 1\nmax_packages: 2", "already used in line"),
        ("a: &a [x, x]\nb: &b [*a, *a]\n" + "".join(f"c{n}: &c{n} [*b, *b]\n" for n in range(3)), "no limit"),
        ("message: |\n" + "  x" * 70_000, "cannot be read"),
    ],
)
def test_a_malformed_one_refuses_changes(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(PolicyUnusable) as refused:
        limits_in_force(Limits(), [policy(tmp_path, text)])
    assert why in refused.value.message
    assert f"{tmp_path}/envkernels/policy.yml" in refused.value.message


def test_one_that_cannot_be_read_is_not_absent(tmp_path: Path) -> None:
    os.mkfifo(Path(policy(tmp_path, "allow_pip: false"), "envkernels", "policy.json"))
    with pytest.raises(PolicyUnusable, match="cannot be read"):
        limits_in_force(Limits(), [str(tmp_path)])


def test_one_in_a_closed_folder_is_not_absent(ordinary: Path) -> None:
    folder = policy(ordinary, "allow_pip: false")
    (ordinary / "envkernels").chmod(0)
    with pytest.raises(PolicyUnusable, match="cannot be read"):
        limits_in_force(Limits(), [folder])
    (ordinary / "envkernels").chmod(0o700)


@pytest.mark.parametrize("opened", ["envkernels/policy.yml", "envkernels", ""])
def test_one_that_others_can_write_is_not_relied_upon(tmp_path: Path, opened: str) -> None:
    folder = policy(tmp_path, "allow_pip: false")
    (tmp_path / opened).chmod((tmp_path / opened).stat().st_mode | 0o002)
    with pytest.raises(PolicyUnusable, match="accounts other than administrators can write it"):
        limits_in_force(Limits(), [folder])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files to another account")
def test_one_of_the_user_is_not_the_administrator_s(tmp_path: Path) -> None:
    folder = policy(tmp_path, "allow_pip: false")
    os.chown(tmp_path / "envkernels" / "policy.yml", 65534, -1)
    with pytest.raises(PolicyUnusable, match="accounts other than administrators can write it"):
        limits_in_force(Limits(), [folder])
