"""conda's configuration of the network is followed."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote_plus

import pytest

from jupyter_envkernels.engine.fetch.client import Network, config_toml, unsupported
from jupyter_envkernels.envs.conda_config.condarc import Settings
from jupyter_envkernels.errors import ChannelFailed
from jupyter_envkernels.models import Limits
from tests.channel.server import Auth, ChannelServer

from ..conftest import Engine

TLS = Path(__file__).parent / "tls"
"""The certificate of an authority that nobody knows, and key and certificate of localhost, which it signed."""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Nothing."""


@pytest.fixture
def https_channel(channel_root: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(channel_root)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "localhost.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that does not trust it hangs up
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"https://localhost:{server.server_port}/main"
    server.shutdown()
    thread.join()
    server.server_close()


def test_ssl_verify(engine: Engine, https_channel: str) -> None:
    refused = engine.solve("prio-demo", channels=[https_channel], CONDA_REMOTE_MAX_RETRIES="0")
    assert refused["code"] == "channel-failed"
    assert refused["message"].startswith(f"The channel {https_channel} cannot be read: its certificate is not trusted.")
    assert "ssl_verify" in refused["remedy"]
    for value in ("false", str(TLS / "authority.pem")):
        assert "packages" in engine.solve("prio-demo", channels=[https_channel], CONDA_SSL_VERIFY=value), value


def test_a_proxy(engine: Engine, channel_server: ChannelServer, tmp_path: Path) -> None:
    condarc = tmp_path / "condarc"
    condarc.write_text(f"proxy_servers:\n  http: {channel_server.url}\n")
    answer = engine.solve("prio-demo", channels=["http://channel.invalid/main"], CONDARC=str(condarc))
    assert answer["packages"]["prio-demo"] == ["1.0", "noarch", "http://channel.invalid/main"]
    assert channel_server.log


def test_offline(engine: Engine, channel_server: ChannelServer) -> None:
    channel = [f"{channel_server.url}/main"]
    unseen = engine.solve("prio-demo", channels=channel, CONDA_OFFLINE="true")
    assert unseen["message"].startswith(f"The channel {channel[0]} cannot be read: conda is set to be offline")
    assert channel_server.log == []
    engine.solve("prio-demo", channels=channel)
    channel_server.log.clear()
    assert "packages" in engine.solve("prio-demo", channels=channel, CONDA_OFFLINE="true")
    assert channel_server.log == []
    assert "packages" in engine.solve("prio-demo", CONDA_OFFLINE="true"), "a folder needs no network"


def test_retries(engine: Engine, channel_server: ChannelServer) -> None:
    channel = [f"{channel_server.url}/main"]
    channel_server.add_rule("/main/", status=503, times=2)
    refused = engine.solve("prio-demo", channels=channel, CONDA_REMOTE_MAX_RETRIES="0")
    assert refused["message"].startswith(f"The channel {channel[0]} cannot be read: its server answers 503")
    channel_server.reset()
    channel_server.add_rule("/main/", status=503, times=2)
    assert "packages" in engine.solve("prio-demo", channels=channel)


def test_an_index_that_never_ends(engine: Engine, channel_server: ChannelServer) -> None:
    channel_server.add_rule("/main/", hang_after=10)
    settings = {"CONDA_REMOTE_MAX_RETRIES": "0", "CONDA_REMOTE_READ_TIMEOUT_SECS": "0.3"}
    answer = engine.solve("prio-demo", channels=[f"{channel_server.url}/main"], **settings)
    assert answer["message"].startswith(
        f"The channel {channel_server.url}/main cannot be read: its server does not answer in time."
    )


def test_logins(engine: Engine, channel_server: ChannelServer, tmp_path: Path) -> None:
    channel_server.auth = Auth.basic("ada", "secret")
    channel = f"{channel_server.url}/main"
    refused = engine.solve("prio-demo", channels=[channel])
    assert refused["message"].startswith(f"The channel {channel} cannot be read: it requires a login")
    wrong = engine.solve("prio-demo", channels=[channel.replace("//", "//ada:wr0ng@")])
    assert wrong["message"].startswith(f"The channel {channel} cannot be read: it requires a login")
    assert "wr0ng" not in json.dumps(wrong)
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password secret\n")
    assert "packages" in engine.solve("prio-demo", channels=[channel], NETRC=str(tmp_path / "netrc"))
    login = {"127.0.0.1": {"BasicHTTP": {"username": "ada", "password": "secret"}}}
    (tmp_path / "logins").write_text(json.dumps(login))
    assert "packages" in engine.solve("prio-demo", channels=[channel], RATTLER_AUTH_FILE=str(tmp_path / "logins"))
    assert "packages" in engine.solve("prio-demo", channels=[channel.replace("//", "//ada:secret@")])


def test_mirrors_are_asked_in_order(engine: Engine, channel_server: ChannelServer, tmp_path: Path) -> None:
    """The first is dead, the second asks for a token; the channel itself does not exist, and its login stays here."""
    channel_server.auth = Auth(token="tk-secret")
    condarc = tmp_path / "condarc"
    condarc.write_text(
        "channel_alias: http://channel.invalid\n"
        f"mirrored_channels:\n  main: ['http://127.0.0.1:9/main', '{channel_server.url}/t/tk-secret/main']\n"
    )
    (tmp_path / "netrc").write_text("machine channel.invalid login ada password secret\n")
    prefix = tmp_path / "prefix"
    answer = engine.install(
        prefix,
        "prio-demo",
        channels=["http://channel.invalid/main"],
        CONDARC=str(condarc),
        CONDA_REMOTE_MAX_RETRIES="0",
        NETRC=str(tmp_path / "netrc"),
    )
    assert "packages" in answer, answer
    assert answer["packages"]["prio-demo"] == ["1.0", "noarch", "http://channel.invalid/main"]
    (record,) = (prefix / "conda-meta").glob("prio-demo-*.json")
    told = json.loads(record.read_text())
    assert told["url"].startswith("http://channel.invalid/main/noarch/prio-demo-")
    assert channel_server.url not in record.read_text()
    assert "tk-secret" not in record.read_text() + json.dumps(answer)
    assert channel_server.log
    assert not any("authorization" in request.headers for request in channel_server.log)


def test_a_channel_with_mirrors_is_not_asked_itself(
    engine: Engine, channel_server: ChannelServer, tmp_path: Path
) -> None:
    condarc = tmp_path / "condarc"
    condarc.write_text(f"mirrored_channels:\n  {channel_server.url}/main: ['http://127.0.0.1:9/main']\n")
    answer = engine.solve("prio-demo", channels=[f"{channel_server.url}/main"], CONDARC=str(condarc))
    assert answer["message"].startswith(f"The channel {channel_server.url}/main cannot be read: its server cannot be")
    assert channel_server.log == []


def test_the_token_that_anaconda_client_stored(engine: Engine, channel_server: ChannelServer, tmp_path: Path) -> None:
    channel_server.auth = Auth(token="tk-secret")
    stored = tmp_path / "stored" / "data" / f"{quote_plus(channel_server.url)}.token"
    stored.parent.mkdir(parents=True)
    stored.write_text("tk-secret")
    channel, folder = f"{channel_server.url}/main", str(tmp_path / "stored")
    refused = engine.solve("prio-demo", channels=[channel], BINSTAR_CONFIG_DIR=folder, CONDA_ADD_ANACONDA_TOKEN="false")
    assert refused["message"].startswith(f"The channel {channel} cannot be read: it requires a login")
    stored.write_text("tk-secret-wrong")
    wrong = engine.solve("prio-demo", channels=[channel], BINSTAR_CONFIG_DIR=folder)
    assert wrong["message"].startswith(f"The channel {channel} cannot be read: it requires a login")
    own = engine.solve(
        "only-extra-nodep", channels=[f"{channel_server.url}/t/tk-secret/extra"], BINSTAR_CONFIG_DIR=folder
    )
    assert "packages" in own, "one in the URL of a channel counts more"
    stored.write_text("tk-secret")
    prefix = tmp_path / "prefix"
    answer = engine.install(prefix, "prio-demo", channels=[channel], BINSTAR_CONFIG_DIR=folder)
    assert answer["packages"]["prio-demo"] == ["1.0", "noarch", channel]
    told = [path for path in prefix.rglob("*") if path.is_file() and b"tk-secret" in path.read_bytes()]
    assert told == []
    assert "tk-secret" not in json.dumps([answer, refused, wrong, own])


def test_what_the_engine_is_told() -> None:
    assert not config_toml(Settings(), {})
    assert config_toml(Settings(ssl_verify="truststore"), {}) == 'tls-root-certs = "system"'
    proxied = config_toml(Settings(proxy_servers={"all": "http://p:1", "https": "http://q:1"}), {"NO_PROXY": "a, b"})
    assert proxied.splitlines() == [
        "[proxy-config]",
        'http = "http://p:1"',
        'https = "http://q:1"',
        'non-proxy-hosts = ["a", "b"]',
    ]


def test_what_is_no_url_is_said_without_its_login(tmp_path: Path) -> None:
    with pytest.raises(ChannelFailed, match="it contains an invalid URL") as failed:
        Network(Settings(proxy_servers={"https": "http://me:s3cr/et@h:80a"}), tmp_path)
    assert "proxy_servers" in failed.value.remedy
    assert "s3cr" not in f"{failed.value.message} {failed.value.remedy} {failed.value.__cause__}"


def test_what_cannot_be_followed_is_said(tmp_path: Path) -> None:
    assert unsupported(Settings(proxy_servers={"http": "http://p:1"}), {}) == []
    (absent,) = unsupported(Settings(ssl_verify="/nowhere/ca.pem"), {})
    assert absent == "conda's ssl_verify names /nowhere/ca.pem, which does not exist: no https server is trusted."
    (certificate, proxy) = unsupported(
        Settings(client_ssl_cert="/c.pem", proxy_servers={"https://h": "http://p:1"}), {}
    )
    assert "client_ssl_cert" in certificate
    assert "https://h" in proxy
    entries = (
        {"channel": "https://u:p@h/private", "auth": "vault"},
        {"channel": "https://h/free"},
        {"channel": "slow", "exclude_newer": "7d"},
    )
    (plugin,) = unsupported(Settings(channel_settings=entries), {})
    assert "use the plugin vault for https://h/private" in plugin
    mirrors = {"defaults": ("https://m/main",), "conda-forge": ("https://m/cf", "https://u:p4ss@m/cf")}
    (tmp_path / "netrc").write_text("machine conda.anaconda.org login ada password secret\n")
    sentences = unsupported(Settings(mirrored_channels=mirrors), {"NETRC": str(tmp_path / "netrc")})
    (login, several, password) = sentences
    assert login.startswith("The login for conda.anaconda.org is not used")
    assert "mirrored_channels for defaults" in several
    assert password.startswith("The mirror https://m/cf of conda-forge is ignored")


def test_proxies_are_told_without_logins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    network = Network(Settings(proxy_servers={"http": "http://ada:secret@proxy:3128"}), tmp_path)
    assert network.proxy_of("http://h/main") == "proxy:3128"
    assert network.proxy_of("https://h/main") == ""
    monkeypatch.setenv("https_proxy", "ada:secret@other:1")
    monkeypatch.setenv("no_proxy", "internal.example")
    assert network.proxy_of("https://h/main") == "other:1"
    assert network.proxy_of("https://internal.example/main") == ""
    assert network.proxy_of("file:///main") == ""


def test_where_channels_are_limited_the_system_says_how_certificates_are_checked(tmp_path: Path) -> None:
    own = Settings(ssl_verify=False)
    assert Network(own, tmp_path)._settings.ssl_verify is False
    limits = Limits(allowed_channels=("conda-forge",))
    assert Network(own, tmp_path, limits)._settings.ssl_verify is False, "there is no policy file"
    assert Network(own, tmp_path, replace(limits, files=("/policy.yml",)))._settings.ssl_verify is True
