from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_envkernels.envs.inventory import read_installed, read_inventory
from jupyter_envkernels.errors import InvalidSpec, NotFound

SITE = "lib/python3.12/site-packages"
CHANNEL = "https://conda.example.org/lab"


def add(prefix: Path, name: str, version: str = "1.0", *files: str, **more: Any) -> None:
    """A conda package: its record and its files."""
    (prefix / "conda-meta").mkdir(parents=True, exist_ok=True)
    record = {
        "name": name,
        "version": version,
        "build": "0",
        "subdir": "noarch",
        "url": f"{CHANNEL}/noarch/{name}-{version}-0.conda",
        "channel": f"{CHANNEL}/noarch",
        "files": list(files),
        **more,
    }
    (prefix / "conda-meta" / f"{name}-{version}-0.json").write_text(json.dumps(record))
    for file in files:
        write(prefix / file, f"Name: {name}\nVersion: {version}\n")


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def metadata(name: str, version: str = "1.0") -> str:
    return f"{SITE}/{name}-{version}.dist-info/METADATA"


def listed(prefix: Path) -> list[tuple[str, str, str]]:
    return [(p.manager, p.name, p.version) for p in read_inventory(prefix).packages]


def test_conda_and_pip_packages(tmp_path: Path) -> None:
    add(tmp_path, "python", "3.12.1")
    add(tmp_path, "numpy", "2.0", metadata("numpy", "2.0"), md5="aa", sha256="bb")
    write(tmp_path / metadata("rich"), "Name: rich\nVersion: 1.0\n")
    assert listed(tmp_path) == [("conda", "numpy", "2.0"), ("conda", "python", "3.12.1"), ("pip", "rich", "1.0")]
    numpy = read_inventory(tmp_path).packages[0]
    assert (numpy.build, numpy.channel, numpy.subdir) == ("0", CHANNEL, "noarch")
    assert (numpy.md5, numpy.sha256) == ("aa", "bb")
    assert numpy.url == f"{CHANNEL}/noarch/numpy-2.0-0.conda"


def test_what_pip_has_replaced_is_pips(tmp_path: Path) -> None:
    add(tmp_path, "python", "3.12.1")
    add(tmp_path, "packaging", "26.3", metadata("packaging", "26.3"))
    (tmp_path / metadata("packaging", "26.3")).unlink()
    assert listed(tmp_path) == [("conda", "python", "3.12.1")]
    write(tmp_path / metadata("packaging", "25.0"), "Name: packaging\nVersion: 25.0\n")
    assert listed(tmp_path) == [("conda", "python", "3.12.1"), ("pip", "packaging", "25.0")]


def test_site_packages_where_python_says(tmp_path: Path) -> None:
    folder = "lib/python3.14t/site-packages"
    add(tmp_path, "python", "3.14.0", python_site_packages_path=folder)
    write(tmp_path / folder / "rich-1.0.dist-info" / "METADATA", "Name: rich\nVersion: 1.0\n")
    assert ("pip", "rich", "1.0") in listed(tmp_path)


def test_without_python_there_is_no_pip_package(tmp_path: Path) -> None:
    add(tmp_path, "xz")
    write(tmp_path / metadata("rich"), "Name: rich\nVersion: 1.0\n")
    assert listed(tmp_path) == [("conda", "xz", "1.0")]


def test_requested_by_the_history(tmp_path: Path) -> None:
    for name in ("python", "numpy", "scipy", "xz"):
        add(tmp_path, name, requested_specs=["from-record"])
    write(
        tmp_path / "conda-meta" / "history",
        "==> 2026-01-01 00:00:00 <==\n# cmd: conda create\n+x::python-3-0\n"
        "# update specs: ['python=3.12', 'numpy', 'gone', 'xz']\n"
        "==> 2026-01-02 00:00:00 <==\n# cmd: conda install\n# remove specs: ['xz']\n"
        "# install specs: lab::scipy,numpy >=2\n# neutered specs: ['python']\n# update specs: [broken\n",
    )
    inventory = read_inventory(tmp_path)
    assert inventory.requested == ("python", "numpy >=2", "lab::scipy")
    assert {p.name for p in inventory.packages if p.requested} == {"python", "numpy", "scipy"}


def test_requested_by_the_records_where_there_is_no_history(tmp_path: Path) -> None:
    add(tmp_path, "numpy", requested_specs=["numpy>=2", "numpy<3"], requested_spec="ignored")
    add(tmp_path, "python", requested_spec="python=3.12")
    add(tmp_path, "xz", requested_spec=None)
    assert read_inventory(tmp_path).requested == ("numpy<3", "numpy>=2", "python=3.12")


def test_variables(tmp_path: Path) -> None:
    add(tmp_path, "xz")
    write(tmp_path / "conda-meta" / "state", '{"env_vars": {"A": "1", "B": "***unset***"}}')
    assert read_inventory(tmp_path).variables == {"A": "1"}
    write(tmp_path / "conda-meta" / "state", "[]")
    assert read_inventory(tmp_path).variables == {}


def test_no_credentials(tmp_path: Path) -> None:
    secret = "https://me:hunter2@host/t/hunter3/lab"
    add(tmp_path, "xz", url=f"{secret}/noarch/xz-1.0-0.conda", channel=secret, requested_spec=f"{secret}::xz")
    inventory = read_inventory(tmp_path)
    assert inventory.packages[0].channel == "https://host/lab"
    assert "hunter" not in repr(inventory)


def test_a_record_without_a_url(tmp_path: Path) -> None:
    add(tmp_path, "xz", url=None)
    (package,) = read_inventory(tmp_path).packages
    assert (package.url, package.channel) == ("", CHANNEL)


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"name": "xz"}',
        '{"name": 3, "version": "1"}',
        '{"name": "xz", "version": "1", "url": "https://x.org/xz-1-0.conda\\nhttps://evil/x-1-0.conda"}',
        '{"name": "xz", "version": "1", "x": ' + "[" * 5000,
    ],
)
def test_a_broken_record_is_named(tmp_path: Path, content: str) -> None:
    write(tmp_path / "conda-meta" / "xz-1.0-0.json", content)
    with pytest.raises(InvalidSpec, match=r"xz-1\.0-0\.json"):
        read_inventory(tmp_path)


def test_no_environment(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_inventory(tmp_path / "gone")


def test_a_record_without_channel_has_it_in_its_url(tmp_path: Path) -> None:
    add(tmp_path, "numpy", channel=None)
    add(tmp_path, "mine", channel=None, url=None)
    found = {package.name: package.channel for package in read_inventory(tmp_path).packages}
    assert found == {"numpy": CHANNEL, "mine": ""}


def test_what_is_installed_has_records_without_what_only_the_prefix_tells(tmp_path: Path) -> None:
    more = {"requested_spec": "numpy", "paths_data": {"paths": [{"_path": "lib/x", "size_in_bytes": 4000}]}}
    add(tmp_path, "python", "3.12.1", size=77, depends=["libc"])
    add(tmp_path, "numpy", "2.0", metadata("numpy", "2.0"), sha256="bb", **more)
    write(tmp_path / metadata("rich"), "Name: rich\nVersion: 1.0\n")
    write(tmp_path / "conda-meta" / "state", '{"env_vars": {"A": "1"}}')
    state = read_installed(tmp_path)
    numpy, python = state.conda
    assert json.loads(numpy.record).keys() == {"name", "version", "build", "subdir", "url", "channel", "sha256"}
    assert (numpy.channel, numpy.sha256, numpy.size, numpy.cached) == (CHANNEL, "bb", 1000, True)
    assert (python.size, json.loads(python.record)["depends"]) == (77, ["libc"])
    assert [package.name for package in state.pip] == ["rich"]
    assert (state.requested, state.variables) == (("numpy",), {"A": "1"})


def test_what_pip_has_replaced_has_its_record_still(tmp_path: Path) -> None:
    add(tmp_path, "python", "3.12.1")
    add(tmp_path, "packaging", "26.3", metadata("packaging", "26.3"))
    (tmp_path / metadata("packaging", "26.3")).unlink()
    write(tmp_path / metadata("packaging", "25.0"), "Name: packaging\nVersion: 25.0\n")
    state = read_installed(tmp_path)
    assert [package.name for package in state.conda] == ["packaging", "python"]
    assert state.replaced == {"packaging"}
    assert state.names == ("python", "packaging")
    (tmp_path / metadata("packaging", "25.0")).unlink()
    assert read_installed(tmp_path).names == ("python",)
