from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import get_args

import pytest

from jupyter_envkernels.engine.pip.installer import explain_failure, failed_lines, install, uv_options
from jupyter_envkernels.errors import PipFailed
from jupyter_envkernels.models import PipInstaller
from tests.channel.server import ChannelServer
from tests.engine.fakes import Heard


def test_every_setting_has_its_counterpart() -> None:
    flags, environ = uv_options(
        {
            "index-url": "https://a.example/simple",
            "extra-index-url": "https://b.example/simple\nhttps://c.example/simple",
            "find-links": "/wheels",
            "constraint": "https://me:secret@a.example/c.txt /c.txt",
            "trusted-host": "b.example",
            "no-index": "true",
            "pre": "0",
            "cert": "/etc/ssl/campus.pem",
            "proxy": "http://proxy.example:3128",
            "default-timeout": "30",
        }
    )
    assert flags == [
        *("--allow-insecure-host", "b.example"),
        "--no-index",
        *("--index-strategy", "unsafe-best-match"),
    ]
    # not in arguments, which everybody can read: an index may hold a login
    assert environ["UV_DEFAULT_INDEX"] == "https://a.example/simple"
    assert environ["UV_INDEX"] == "https://b.example/simple https://c.example/simple"
    assert environ["UV_FIND_LINKS"] == "/wheels"
    assert environ["UV_CONSTRAINT"] == "https://me:secret@a.example/c.txt /c.txt"
    assert environ["SSL_CERT_FILE"] == "/etc/ssl/campus.pem"
    assert environ["HTTPS_PROXY"] == "http://proxy.example:3128"
    assert environ["UV_HTTP_TIMEOUT"] == "30"


def test_nothing_configured_nothing_told() -> None:
    assert uv_options({}) == ([], {})


def test_a_switch_that_is_neither_on_nor_off_is_refused_as_by_pip() -> None:
    assert uv_options({"no-index": "T"})[0] == ["--no-index"]
    assert uv_options({"no-index": "off"})[0] == []
    with pytest.raises(PipFailed, match="pip's setting no-index must be yes or no, but is 'ture'"):
        uv_options({"no-index": "ture"})


@pytest.fixture
def configuration(tmp_path: Path, channel_server: ChannelServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person's pip.conf, which names the index of the tests."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("PIP_CONFIG_FILE", raising=False)
    file = tmp_path / "home" / ".config" / "pip" / "pip.conf"
    file.parent.mkdir(parents=True)
    file.write_text(f"[global]\nindex-url = {channel_server.url}/simple\n")
    return file


async def test_an_environment_without_pip_goes_by_its_configuration(prefix: Path, configuration: Path) -> None:
    await install(prefix, ["envkernels-demo-pip==1.0"], None, os.environ, Heard())
    assert list(prefix.glob("lib/python3.*/site-packages/envkernels_demo_pip-1.0.dist-info"))


async def test_options_are_taken_as_pip_takes_them(
    prefix: Path, configuration: Path, channel_server: ChannelServer, tmp_path: Path
) -> None:
    configuration.write_text("")
    (tmp_path / "more.txt").write_text("envkernels-demo-pip\n")
    (tmp_path / "c.txt").write_text("envkernels-demo-pip<2\n")
    lines = [f"-i{channel_server.url}/simple --pre", "-rmore.txt -cc.txt"]
    await install(prefix, lines, tmp_path, os.environ, Heard())
    assert list(prefix.glob("lib/python3.*/site-packages/envkernels_demo_pip-1.0.dist-info"))


@pytest.mark.parametrize("installer", get_args(PipInstaller))
async def test_without_pips_configuration_no_index_is_asked(
    prefix: Path, configuration: Path, channel_server: ChannelServer, installer: PipInstaller
) -> None:
    configuration.write_text(f"index-url = {channel_server.url}/simple\n")
    with pytest.raises(PipFailed, match="line 1 is invalid"):
        await install(prefix, ["anything"], None, os.environ, Heard(), installer=installer)


def write_wheels(folder: Path, *wheels: str) -> str:
    """Write wheels, each named as ``NAME VERSION [REQUIREMENT; ...]``; return a line that names their folder."""
    folder.mkdir()
    for name, version, needs in (wheel.split(" ", 2) for wheel in (f"{wheel} " for wheel in wheels)):
        info = f"{name}-{version}.dist-info"
        requires = [f"Requires-Dist: {need.strip()}" for need in needs.split(";") if need.strip()]
        head = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *requires]
        files = {
            f"{info}/METADATA": "\n".join(head) + "\n",
            f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        }
        files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in (*files, f"{info}/RECORD"))
        with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as archive:
            for path, text in files.items():
                archive.writestr(path, text)
    return f"--no-index --find-links {folder}"


LINES = ("rich==13.0", "--pre", "Py_gments<2", "-e ./my-package", "git+https://git.example/x.git", "cow say")


@pytest.mark.parametrize(
    ("reason", "lines"),
    [
        (
            "Because rich==13.0.0 depends on py-gments>=2.6 and you require py.gments<2, ...",
            ["rich==13.0", "Py_gments<2"],
        ),
        ("Because richer was not found in the package registry", []),
        ("Distribution not found at: file:///home/ada/my-package", ["-e ./my-package"]),
        ("Git operation failed: fetch 'https://git.example/x.git'", ["git+https://git.example/x.git"]),
        ("Unexpected '-', expected '-c', '-e', '-r' or the start of a requirement: -:2:1", ["--pre"]),
        ("Couldn't parse requirement in `-` at position 75 Expected one of", ["cow say"]),
    ],
)
def test_which_lines_the_answer_speaks_of(reason: str, lines: list[str]) -> None:
    assert failed_lines(LINES, reason) == lines


INDEX = ("--index-url https://index.example/simple", "demo")
REFUSED = {
    "0.8.0": """\
Using Python 3.11.7 environment at: v
  × No solution found when resolving dependencies:
  ╰─▶ Because demo was not found in the package registry and you require demo,
      we can conclude that your requirements are unsatisfiable.

      hint: An index URL (https://index.example/simple) could not be queried
      due to a lack of valid authentication credentials (401 Unauthorized).
""",  # noqa: RUF001 - as it is printed
    "0.13.9": """\
Using Python 3.11.7 environment at: v
error: No solution found when resolving dependencies
  cause: Because demo was not found in the package registry and you require
         demo, we can conclude that your requirements are unsatisfiable.

hint: An index URL (https://index.example/simple) could not be queried due to a lack of valid authentication credentials (401 Unauthorized)
""",  # noqa: E501
}
INCLUDE = ("-r more.txt",)
INCLUDED = {
    "0.8.0": """\
error: Error parsing included file in `-` at position 0
  Caused by: failed to read from file `more.txt`: No such file or directory (os error 2)
""",
    "0.13.9": """\
error: Error parsing included file in `-` at position 0
  cause: failed to read from file `more.txt`: No such file or directory (os error 2)
""",
}


@pytest.mark.parametrize("version", REFUSED)
def test_what_the_oldest_and_the_newest_uv_say_is_explained_alike(version: str) -> None:
    refused = explain_failure(INDEX, REFUSED[version].splitlines())
    assert str(refused).rstrip(".") == (
        "The pip section could not be installed, because of `--index-url https://index.example/simple` and `demo`: "
        "Because demo was not found in the package registry and you require demo, "
        "we can conclude that your requirements are unsatisfiable. hint: An index URL (https://index.example/simple) "
        "could not be queried due to a lack of valid authentication credentials (401 Unauthorized)"
    ).rstrip(".")
    assert refused.remedy.startswith("Put the login for this server into ~/.netrc, or choose another index; ")
    included = explain_failure(INCLUDE, INCLUDED[version].splitlines())
    assert str(included) == (
        "The pip section could not be installed, because of `-r more.txt`: Error parsing included file in `-` at "
        "position 0: failed to read from file `more.txt`: No such file or directory (os error 2)"
    )
    assert included.remedy.startswith("Correct this line; ")
