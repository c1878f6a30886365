"""What a person reads when there is no solution."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.channel.server import ChannelServer

from ..conftest import Engine, write_channel

CLASHES = {
    ("conflict-a", "conflict-b", "prio-demo"): (
        (
            "`conflict-a` and `conflict-b` cannot be installed together: "
            "`conflict-a` needs conflict-base <2; `conflict-b` needs conflict-base >=2."
        ),
        "It works without `conflict-a` or without `conflict-b`.",
    ),
    ("constrainer", "conflict-base>=1.5"): (
        (
            "`constrainer` and `conflict-base>=1.5` cannot be installed together: "
            "`constrainer` works only with conflict-base <1.5."
        ),
        "It works without `constrainer` or with `conflict-base=1.0` instead of `conflict-base>=1.5`.",
    ),
    ("needs-missing", "prio-demo"): (
        "`needs-missing` cannot be installed: it needs does-not-exist >=1, which no channel has.",
        "It works without `needs-missing`.",
    ),
    ("needs-old-python", "python"): (
        "`needs-old-python` cannot be installed: it needs python <3.8, which no channel has.",
        "It works without `needs-old-python`.",
    ),
    ("conflict-base=1.0", "prio-demo", "conflict-base=1.5"): (
        "`conflict-base=1.0` and `conflict-base=1.5` require different packages of the same name.",
        "It works without `conflict-base=1.0` or without `conflict-base=1.5`.",
    ),
    ("needs-cuda", "needs-missing"): (
        (
            "`needs-missing` cannot be installed: it needs does-not-exist >=1, which no channel has. "
            "`needs-cuda` needs a GPU with CUDA >=12, and this machine has none."
        ),
        (
            "It works without `needs-missing`, and without `needs-cuda`. "
            "Where kernels will run on such a machine, start Jupyter with CONDA_OVERRIDE_CUDA=12."
        ),
    ),
    ("needs-future-glibc",): (
        "`needs-future-glibc` needs the C library glibc >=9, and this machine has 2.17.",
        "It works without `needs-future-glibc`.",
    ),
}


@pytest.mark.parametrize("specs", CLASHES, ids=" ".join)
def test_the_lines_that_clash_and_what_would_help(engine: Engine, specs: tuple[str, ...]) -> None:
    answer = engine.solve(*specs, CONDA_OVERRIDE_CUDA="", CONDA_OVERRIDE_GLIBC="2.17")
    assert answer["code"] == "unsatisfiable"
    assert (answer["message"], answer["remedy"]) == CLASHES[specs]
    assert answer["explanation"]
    assert "Cannot solve the request" not in answer["explanation"]


@pytest.fixture
def three_pythons(tmp_path: Path) -> str:
    """A channel of three Pythons, the last of which is too new for numpy 1."""
    depends: dict[str, list[str]] = {f"python-3.{minor}.1-0": [] for minor in (11, 12, 13)}
    for version, minor in (("1.26.4", 11), ("1.26.4", 12), ("2.2.6", 12), ("2.2.6", 13)):
        depends[f"numpy-{version}-py3{minor}"] = [f"python >=3.{minor},<3.{minor + 1}.0a0"]
    two = {"conflict-a-1.0-0": ["base-library <2"], "conflict-b-1.0-0": ["base-library >=2"]}
    depends |= two | {"base-library-1.0-0": [], "base-library-2.0-0": [], "ipykernel-7.0-0": ["python"]}
    return write_channel(tmp_path / "three", depends)


def test_the_newest_version_of_python_for_which_an_old_package_was_built(engine: Engine, three_pythons: str) -> None:
    answer = engine.solve("python=3.13", "numpy=1.26", "ipykernel", channels=[three_pythons])
    assert answer["message"].startswith(
        "`python=3.13` and `numpy=1.26` cannot be installed together: `numpy=1.26` needs python >="
    )
    assert answer["remedy"] == (
        "It works with `python=3.12` instead of `python=3.13` or with `numpy=2.2` instead of `numpy=1.26`."
    )
    assert answer["packages"] == ["python", "numpy"]
    assert answer["fixes"] == [
        [{"before": "python=3.13", "after": "python=3.12"}],
        [{"before": "numpy=1.26", "after": "numpy=2.2"}],
    ]


def test_two_conflicts_are_both_told(engine: Engine, three_pythons: str) -> None:
    answer = engine.solve("conflict-a", "python=3.13", "conflict-b", "numpy=1.26", channels=[three_pythons])
    assert "`conflict-a` and `conflict-b` cannot be installed together" in answer["message"]
    assert "`python=3.13` and `numpy=1.26` cannot be installed together" in answer["message"]
    assert answer["remedy"].count(", and ") == 1
    assert answer["fixes"], "each changes a line of both conflicts"
    for fix in answer["fixes"]:
        assert sorted(change["before"].startswith("conflict-") for change in fix) == [False, True]


def test_all_names_and_versions_that_no_channel_has(engine: Engine, channel_versions: dict[str, str]) -> None:
    names = engine.solve("nump", "ipykernl=7", "python=3.99")
    assert names["message"] == (
        "No channel has a package named nump. Did you mean numpy? "
        "No channel has a package named ipykernl. Did you mean ipykernel? "
        f"No channel has `python=3.99`: the newest version of python is {[*channel_versions.values()][-1]}."
    )
    versions = engine.solve("conflict-base=3", "entrypoint-demo=2", "prio-demo")
    assert versions["message"] == (
        "No channel has `conflict-base=3`: the newest version of conflict-base is 2.0. "
        "No channel has `entrypoint-demo=2`: the newest version of entrypoint-demo is 1.0."
    )
    build = engine.solve("gpu-or-cpu=1.0=rocm*")
    assert build["message"] == (
        "No channel has `gpu-or-cpu=1.0=rocm*`: the builds of that version are cpu_0 (noarch) and cuda_100 (noarch)."
    )


def test_a_gpu_that_is_too_old(engine: Engine) -> None:
    answer = engine.solve("needs-cuda", CONDA_OVERRIDE_CUDA="11.8")
    assert answer["message"].startswith(
        "`needs-cuda` needs a GPU with CUDA >=12, and the driver of this machine offers CUDA 11.8."
    )
    assert "needs-cuda" in engine.solve("needs-cuda", CONDA_OVERRIDE_CUDA="12.4")["packages"]


def test_a_package_for_other_platforms_only(engine: Engine, tmp_path: Path) -> None:
    record = {"name": "only-windows", "version": "1.0", "build": "0", "build_number": 0, "depends": []}
    for subdir in ("win-64", "noarch"):
        packages = {"only-windows-1.0-0.conda": {**record, "subdir": subdir}} if subdir == "win-64" else {}
        folder = tmp_path / "channel" / subdir
        folder.mkdir(parents=True)
        (folder / "repodata.json").write_text(json.dumps({"info": {"subdir": subdir}, "packages.conda": packages}))
    answer = engine.solve("only-windows", "nump", channels=["main", (tmp_path / "channel").as_uri()])
    assert answer["message"].startswith("The package only-windows exists for win-64 only, and this machine is linux-")
    assert "No channel has a package named nump. Did you mean numpy?" in answer["message"]


def test_it_ends_in_time(engine: Engine, channel_server: ChannelServer) -> None:
    """What other platforms have is asked for, but not waited for."""
    channel_server.add_rule(r"/(win|osx)-", delay=1000)
    answer = engine.solve("nump", channels=[f"{channel_server.url}/main"])
    assert answer["message"] == "No channel has a package named nump. Did you mean numpy?"


@pytest.mark.parametrize(
    ("line", "message", "remedy"),
    [
        ("__cuda", "`__cuda` needs a GPU with CUDA, and this machine has none.", "CONDA_OVERRIDE_CUDA=12"),
        ("__win", "`__win` needs Windows, and this machine has another system.", "Remove these lines."),
        ("python>=3.13,<3.12", "No python can be `python>=3.13,<3.12`: its conditions exclude each other.", "Change"),
        ("python>3.12,<=3.12", "No python can be `python>3.12,<=3.12`: its conditions exclude each other.", "Change"),
        ("prio-demo[md5=" + "0" * 32 + "]", "with that hash.", "Remove the hash."),
        ("prio-demo[subdir=linux-64]", "for linux-64, only for noarch.", "Remove the platform."),
        ("prio-demo=1.0=no", "the builds of that version are 0 (noarch).", "leave the builds out."),
        ("prio-demo[build_number=5]", "No channel has `prio-demo[build_number=5]`.", "Remove the brackets."),
    ],
)
def test_a_line_that_nothing_satisfies(engine: Engine, line: str, message: str, remedy: str) -> None:
    answer = engine.solve(line, "conflict-base", CONDA_OVERRIDE_CUDA="")
    assert answer["code"] == "unsatisfiable"
    assert message in answer["message"]
    assert remedy in answer["remedy"]


def test_a_virtual_package_that_this_machine_has_is_no_obstacle(engine: Engine) -> None:
    assert "packages" in engine.solve("__unix", "__cuda>=11", "prio-demo", CONDA_OVERRIDE_CUDA="12.0")


def test_a_clash_through_what_one_cannot_stand(engine: Engine) -> None:
    answer = engine.solve("constrainer", "conflict-b", "conflict-a")
    assert answer["message"].startswith(
        "`constrainer` and `conflict-b` cannot be installed together: `conflict-b` needs conflict-base >=2; "
        "`constrainer` works only with conflict-base <1.5."
    )


def test_what_strict_priority_hides_from_a_package(engine: Engine) -> None:
    answer = engine.solve("only-extra", channels=["main", "extra"], CONDA_CHANNEL_PRIORITY="strict")
    assert answer["message"].startswith(
        "`only-extra` cannot be installed: it needs prio-demo >=2, which is in the channel extra only, but with "
        "strict channel priority"
    )


def test_what_the_configuration_asks_for_is_told_apart(engine: Engine) -> None:
    answer = engine.solve("prio-demo", CONDA_PINNED_PACKAGES="conflict-base=~1.0")
    assert answer["message"].startswith("CONDA_PINNED_PACKAGES: 'conflict-base=~1.0' is not a match spec")


def test_a_comparison_the_wrong_way_round(engine: Engine) -> None:
    assert engine.solve("conflict-base=>1.5")["packages"]["conflict-base"][0] == "2.0"
    assert engine.solve("conflict-base =< 1.5")["packages"]["conflict-base"][0] == "1.0"
    pinned = engine.solve("conflict-base", CONDA_PINNED_PACKAGES="conflict-base=<1.5")
    assert pinned["packages"]["conflict-base"][0] == "1.0"


def test_a_channel_that_the_build_of_a_line_is_from(engine: Engine, tmp_path: Path) -> None:
    ours, theirs = "pytorch=2.0.1=py3.11_cuda11.8_cudnn8.7.0_0", "pytorch-2.0.1-py3.11_cuda11.8_cudnn8.7.0_0"
    hint = f"The build of `{ours}` is named like those of the channel pytorch, which is not listed: add it."
    community = write_channel(tmp_path / "community", {"pytorch-2.0.1-cpu_mkl_py311h0_100": []})
    newer = write_channel(tmp_path / "newer", {"pytorch-2.5.0-cpu_mkl_py311h0_100": []})
    for channel in (community, newer, "main"):
        answer = engine.solve(ours, channels=[channel])
        assert answer["message"].endswith(hint)
    named = write_channel(tmp_path / "pytorch", {"pytorch-2.0.1-py3.11_cpu_0": [], f"{theirs}x": []})
    assert "add it" not in engine.solve(ours, channels=[community, named])["message"]
    assert "packages" in engine.solve(f"{ours}x", channels=[community, named])


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_a_package_by_its_url_that_is_not_there(engine: Engine, channel_server: ChannelServer, scheme: str) -> None:
    channel = f"{channel_server.url}/main" if scheme == "http" else engine.url("main")
    answer = engine.solve(f"{channel}/noarch/nonesuch-1.0-0.conda")
    assert answer["message"].startswith("The package nonesuch 1.0 cannot be fetched: there is nothing at this address.")
    assert answer["remedy"] == "Correct the address."


def test_a_channel_that_only_a_line_names_is_told_with_it(engine: Engine, channel_server: ChannelServer) -> None:
    line = f"{channel_server.url}/nowhere::prio-demo"
    answer = engine.solve(line, "conflict-base", channels=["main"])
    assert answer["message"].startswith(f"The channel {channel_server.url}/nowhere cannot be read: ")
    assert answer["remedy"] == f"It is named by `{line}`. Check its name."
    answer = engine.solve("prio-demo", channels=[f"{channel_server.url}/nowhere"])
    assert answer["remedy"] == "Check its name."
