"""Match specs with brackets and URLs, read as conda reads them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from jupyter_envkernels.engine.solve.brackets import package_of, with_channel_before
from jupyter_envkernels.errors import InvalidSpec
from jupyter_envkernels.models import LockedPackage
from tests.channel.server import Auth, ChannelServer

from ..conftest import Engine, Inquiry

URL = "https://conda.example.org/main/noarch/demo-1.0-0.conda"
MD5, SHA256 = "AB" * 16, "cd" * 32


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (URL, LockedPackage(URL)),
        (f" {URL} ", LockedPackage(URL)),
        (f"{URL}#{MD5}", LockedPackage(URL, md5=MD5.lower())),
        (f"{URL}#{SHA256}", LockedPackage(URL, sha256=SHA256)),
        (f"{URL}#sha256:{SHA256}", LockedPackage(URL, sha256=SHA256)),
        (f"{URL}[md5={MD5}]", LockedPackage(URL, md5=MD5.lower())),
        (f"demo[url={URL},sha256='{SHA256}', md5=\"{MD5}\"]", LockedPackage(URL, md5=MD5.lower(), sha256=SHA256)),
        ("demo[build=0]", None),
        ("demo>=1", None),
        (f"{URL.rpartition('/')[0]}::demo", None),
    ],
)
def test_packages_by_their_urls(text: str, expected: LockedPackage | None) -> None:
    assert package_of(text) == expected


@pytest.mark.parametrize("text", [f"{URL}#abc", f"{URL}#{'x' * 32}", f"{URL}[md5={SHA256[:31]}]"])
def test_what_is_no_hash(text: str) -> None:
    with pytest.raises(InvalidSpec, match="not the hash"):
        package_of(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("demo[channel=extra]", "extra::demo"),
        ("demo [channel='https://h/c', build=0]", "https://h/c::demo[build='0']"),
        ('demo[version=">=1,<2",channel=extra,subdir=noarch]', "extra/noarch::demo[version='>=1,<2']"),
        ("demo[build=0]", "demo[build=0]"),
        ("main::demo[channel=extra]", "main::demo[channel=extra]"),
        ("demo=1", "demo=1"),
    ],
)
def test_channels_in_brackets(text: str, expected: str) -> None:
    assert with_channel_before(text) == expected


def test_a_channel_in_brackets_is_what_the_configuration_says(
    engine: Engine, channel_server: ChannelServer, channel_root: Path
) -> None:
    answer = engine.solve("prio-demo[channel=extra]", CONDA_CHANNEL_ALIAS=channel_root.as_uri())
    assert answer["packages"]["prio-demo"][2] == engine.url("extra")
    channel_server.auth = Auth.basic("ada", "secret")
    url = channel_server.url.replace("//", "//ada:secret@")
    answer = engine.solve(f"prio-demo[channel='{url}/main']")
    assert answer["packages"]["prio-demo"][2] == f"{channel_server.url}/main"


def test_while_one_types_a_channel_in_brackets_is_read(inquiry: Inquiry) -> None:
    text = "name: lesson\nchannels: [main]\ndependencies:\n- prio-demo=9[channel=extra]\n"
    assert (4, "no-such-version") in inquiry.told(text)


def test_the_record_of_a_package_by_its_url_is_whole(engine: Engine, tmp_path: Path) -> None:
    answer = engine.install(tmp_path / "a", f"{engine.url('main')}/noarch/conflict-base-1.0-0.conda")
    assert answer["packages"]["conflict-base"] == ["1.0", "noarch", engine.url("main")]
    (path,) = (tmp_path / "a" / "conda-meta").glob("conflict-base-*.json")
    record = msgspec.json.decode(path.read_bytes())
    assert record["channel"].rstrip("/") == engine.url("main")


@pytest.mark.parametrize("form", ["{}#{}", "{}#sha256:{}{}", "{}[md5={}]", "conflict-base[url={},md5={}]"])
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_the_hash_of_a_package_by_its_url_is_compared(
    engine: Engine, channel_server: ChannelServer, tmp_path: Path, form: str, scheme: str
) -> None:
    channel = f"{channel_server.url}/main" if scheme == "http" else engine.url("main")
    line = form.format(f"{channel}/noarch/conflict-base-1.0-0.conda", "0" * 32, "0" * 32)
    for prefix in ("cold", "warm"):
        answer = engine.install(tmp_path / prefix, line)
        assert answer.get("code") == "download-failed", answer
        engine.install(tmp_path / f"{prefix}-well", "conflict-base=1.0", channels=[channel])
