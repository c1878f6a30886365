"""The built channel as its users see it: solved, installed and run."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

from .install import InstallError, create_environment
from .server import Auth, ChannelServer


@pytest.fixture(scope="session")
def package_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("package-cache")


def run_in_kernel(prefix: Path, code: str) -> str:
    """Start the kernel that *prefix* offers, run *code* and return what it prints."""
    specs = KernelSpecManager(kernel_dirs=[str(prefix / "share/jupyter/kernels")], ensure_native_kernel=False)
    kernel = KernelManager(kernel_name="python3", kernel_spec_manager=specs)
    kernel.start_kernel(stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = kernel.blocking_client()
    printed: list[str] = []

    def hook(message: dict[str, Any]) -> None:
        printed.append(message["content"].get("text", ""))

    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        reply = client.execute_interactive(code, output_hook=hook, timeout=30)
        assert reply["content"]["status"] == "ok"
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)
        kernel.cleanup_resources()
    return "".join(printed)


@pytest.mark.parametrize("which", [0, -1], ids=["oldest", "newest"])
def test_a_kernel_runs_from_the_channel(
    channel_server: ChannelServer, channel_pythons: list[str], package_cache: Path, tmp_path: Path, which: int
) -> None:
    xy = channel_pythons[which]
    prefix = tmp_path / "env"
    installed = create_environment(
        prefix,
        channels=[f"{channel_server.url}/main"],
        specs=[f"python={xy}", "ipykernel", "numpy", "pip"],
        cache=package_cache,
    )
    code = "import sys, numpy, numpy.testing; print(sys.prefix, '%d.%d' % sys.version_info[:2], numpy.eye(2).sum())"

    assert run_in_kernel(prefix, code) == f"{prefix} {xy} 2.0\n"
    assert any(record.startswith(f"python {xy}.") for record in installed)
    check = subprocess.run(
        [prefix / "bin" / "python", "-m", "pip", "check"], capture_output=True, text=True, check=False
    )
    assert check.stdout == "No broken requirements found.\n"
    assert not any("/home/conda/feedstock_root" in path.read_text() for path in prefix.glob("bin/*") if is_script(path))


def is_script(path: Path) -> bool:
    return path.read_bytes()[:2] == b"#!"


def test_the_pip_section_needs_no_network(
    channel_server: ChannelServer, channel_pythons: list[str], package_cache: Path, tmp_path: Path
) -> None:
    prefix = tmp_path / "env"
    create_environment(
        prefix,
        channels=[f"{channel_server.url}/main"],
        specs=[f"python={channel_pythons[-1]}", "pip"],
        cache=package_cache,
    )
    python = [str(prefix / "bin" / "python"), "-I"]
    index = ["--isolated", "--no-cache-dir", "--index-url", f"{channel_server.url}/simple/"]
    for requirement, version in (("envkernels-demo-pip<2", "1.0"), ("envkernels-demo-pip", "2.0")):
        install = [*python, "-m", "pip", "--disable-pip-version-check", "install", "--upgrade", *index, requirement]
        subprocess.run(install, check=True, capture_output=True)
        show = [*python, "-c", "import envkernels_demo_pip as demo; print(demo.greeting())"]
        shown = subprocess.run(show, check=True, capture_output=True, text=True)
        assert shown.stdout == f"envkernels-demo-pip {version}\n"


@pytest.mark.parametrize(
    ("specs", "reason"),
    [
        (["conflict-a", "conflict-b"], "conflict-base"),
        (["needs-missing"], "does-not-exist"),
        (["needs-future-glibc"], "__glibc"),
        (["no-such-package"], "no-such-package"),
    ],
)
def test_what_cannot_be_solved_says_why(
    channel_server: ChannelServer, package_cache: Path, tmp_path: Path, specs: list[str], reason: str
) -> None:
    with pytest.raises(InstallError, match=reason):
        create_environment(tmp_path / "env", channels=[f"{channel_server.url}/main"], specs=specs, cache=package_cache)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("broken-sha", "hash mismatch"), ("broken-missing", "404"), ("broken-truncated", "Invalid checksum")],
)
def test_what_is_broken_is_not_installed(
    channel_server: ChannelServer, package_cache: Path, tmp_path: Path, name: str, reason: str
) -> None:
    with pytest.raises(InstallError, match=reason):
        create_environment(
            tmp_path / "env", channels=[f"{channel_server.url}/broken"], specs=[name], cache=package_cache
        )
    assert not (tmp_path / "env" / "share" / "lab" / "payload.bin").exists()


def test_the_first_channel_goes_first(channel_server: ChannelServer, package_cache: Path, tmp_path: Path) -> None:
    for first, expected in (("main", "1.0"), ("extra", "2.0"), ("alt/main", "3.0")):
        others = [name for name in ("main", "extra", "alt/main") if name != first]
        channels = [f"{channel_server.url}/{name}" for name in (first, *others)]
        installed = create_environment(tmp_path / first, channels=channels, specs=["prio-demo"], cache=package_cache)
        assert installed == [f"prio-demo {expected} 0"]


def test_odd_packages_can_be_linked(channel_server: ChannelServer, package_cache: Path, tmp_path: Path) -> None:
    prefix = tmp_path / "env"
    create_environment(
        prefix,
        channels=[f"{channel_server.url}/main"],
        specs=["legacy-tarbz2", "prefix-demo", "odd-names", "activate-demo", "many-files"],
        cache=package_cache,
    )

    assert (prefix / "share/lab/legacy-tarbz2.txt").read_text() == "legacy-tarbz2 1.0 0\n"
    assert (prefix / "share/lab/prefix.txt").read_text() == f"prefix={prefix}\nlib={prefix}/lib\n"
    assert (prefix / "lib/lab-link.bin").read_bytes().startswith(b"\x7fBIN\0" + f"{prefix}/lib/thing\0".encode())
    assert (prefix / "share/lab/with space/ünïcödé.txt").read_text() == "odd\n"
    assert f'LAB_PREFIX_BAKED="{prefix}/share"' in (prefix / "etc/conda/activate.d/activate-demo.sh").read_text()
    assert len(list((prefix / "share/many").rglob("*.txt"))) == 5000


def test_a_server_with_a_token_is_understood(
    channel_server: ChannelServer, package_cache: Path, tmp_path: Path
) -> None:
    channel_server.auth = Auth(token="secret")
    specs = ["only-extra-nodep"]

    with pytest.raises(InstallError, match="401"):
        create_environment(tmp_path / "no", channels=[f"{channel_server.url}/extra"], specs=specs, cache=package_cache)
    channel = f"{channel_server.url}/t/secret/extra"
    assert create_environment(tmp_path / "yes", channels=[channel], specs=specs, cache=package_cache)
