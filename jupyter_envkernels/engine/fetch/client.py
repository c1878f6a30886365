"""Make rattler's clients from conda's configuration of the network.

rattler itself reads logins from ``~/.netrc`` (or ``NETRC``) and the file that ``RATTLER_AUTH_FILE`` names. Those in
URLs of channels are removed first, see :mod:`.credentials`. Mirrors and stored tokens are in
:mod:`~jupyter_envkernels.engine.mirrors`.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

import rattler

from ...envs.conda_config.condarc import Settings
from ...errors import ChannelFailed
from ...models import Limits
from ...specs.redact import without_credentials
from ..channel_policy import NO_LIMITS, channel_rules
from ..mirrors import (
    Routes,
    longest,
    merged,
    mirrored_elsewhere,
    mirrors_of,
    stored_tokens,
    token_routes,
    unusable_mirrors,
)
from .cache_lock import sweep_repodata
from .credentials import ARCHIVE, Logins, configured_logins, login_file, logins_of, withheld

_TOTAL = 5
"""Multiple of ``remote_read_timeout_secs`` for a whole repodata file: rattler has no timeout between two reads."""

UNCHANGED = "304 Not Modified"
"""Part of rattler 0.28's error if a server answers 304 without an entity tag."""


class Network:
    """rattler's clients with conda's proxies, certificates, mirrors and credentials.

    Args:
        settings: conda's configuration.
        repodata: folder of the repodata cache.
        limits: the administrator's limits.
    """

    def __init__(self, settings: Settings, repodata: Path, limits: Limits = NO_LIMITS) -> None:
        self.limits = limits
        self._rules = channel_rules(limits, settings, os.environ)
        if limits.allowed_channels:  # a user must not disable the check that a server is an allowed one
            settings = replace(settings, ssl_verify=self._rules.system.ssl_verify)
        self._settings = settings
        self.repodata = repodata
        _make_private(repodata)
        sweep_repodata(repodata)
        mirrors = mirrors_of(settings)
        self._mirrors = {url: [*map(without_credentials, found)] for url, found in mirrors.items()}
        tokens = stored_tokens(os.environ) if settings.add_anaconda_token else {}
        own = logins_of(mirror for found in mirrors.values() for mirror in found)
        configured = configured_logins(settings)
        routes = {**token_routes(settings, tokens), **configured.mirrors, **own.mirrors}
        self._logins = Logins(routes, configured.passwords)
        self._connect()

    def log_in(self, urls: Sequence[str]) -> list[str]:
        """Use the credentials in URLs of channels or packages from now on.

        Returns:
            The URLs without credentials.

        Raises:
            NotAllowed: a URL is forbidden.
        """
        self.check(urls)
        new = logins_of(urls)
        merged = Logins({**self._logins.mirrors, **new.mirrors}, {**self._logins.passwords, **new.passwords})
        if merged != self._logins:
            self._logins = merged
            self._connect()
        return [without_credentials(url) for url in urls]

    def check(self, urls: Iterable[str]) -> None:
        """Check URLs of channels or packages; all are checked before they are requested.

        Raises:
            NotAllowed: a URL is forbidden.
        """
        self._rules.check(dict.fromkeys(ARCHIVE.sub("", url) for url in urls))

    def proxy_of(self, url: str) -> str:
        """Return the proxy for a URL, without credentials; empty if there is none."""
        from urllib.request import getproxies_environment, proxy_bypass  # noqa: PLC0415 - for errors only, and slow

        configured = {**getproxies_environment(), **self._settings.proxy_servers}
        parts = urlsplit(url)
        if parts.scheme not in _SCHEMES or proxy_bypass(parts.hostname or ""):
            return ""
        return (configured.get(parts.scheme) or configured.get("all") or "").rpartition("@")[2]

    @property
    def patience(self) -> int:
        """Return the timeout in seconds for a file whose progress is not reported."""
        return max(1, round(self._settings.remote_read_timeout_secs * _TOTAL))

    def client_from(self, first: int) -> rattler.Client:
        """Return a client that requests the rest of a package after some bytes; a server may answer with the whole."""
        return self._client(None, {"Range": f"bytes={first}-"}) if first else self.client

    def forget_channels(self) -> None:
        """Delete the repodata cache."""
        shutil.rmtree(self.repodata, ignore_errors=True)
        self._connect()

    def _connect(self) -> None:
        settings = self._settings
        #: For packages, which may be large: no timeout, because :class:`.download_progress.Meter` detects stalls.
        self.client = self._client(None)
        self.gateway = rattler.Gateway(
            cache_dir=self.repodata,
            client=self._client(self.patience),
            default_config=rattler.SourceConfig(
                cache_action="force-cache-only" if settings.offline else "cache-or-fetch"
            ),
        )

    def _client(self, timeout: int | None, headers: dict[str, str] | None = None) -> rattler.Client:
        with _certificates(self._settings), self._login_file() as logins:
            routes = self._rules.routes(merged(self._mirrors, self._logins.mirrors))
            toml = config_toml(self._settings, os.environ, logins, routes)
            # the next mirror is used by a retry
            retries = max(self._settings.remote_max_retries, longest(routes) - 1)
            return rattler.Client.from_config(_config(toml), max_retries=retries, headers=headers, timeout=timeout)

    def _login_file(self) -> AbstractContextManager[Path | None]:
        return login_file(self._logins.passwords, os.environ, mirrored_elsewhere(self._mirrors))


def _make_private(folder: Path) -> None:
    """Restrict a folder to its owner: repodata is stored with the URLs that it came from."""
    with suppress(OSError):  # the engine will report the error
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)


def _config(toml: str) -> rattler.Config:
    """Parse rattler's configuration.

    Raises:
        ChannelFailed: a value is invalid. It is not shown, because it may contain credentials.
    """
    try:
        return rattler.Config.from_toml(toml)
    except ValueError:
        raise ChannelFailed(
            "conda's configuration of the network cannot be used: it contains an invalid URL.",
            remedy="Check proxy_servers and mirrored_channels: 'conda config --show-sources' shows their files.",
        ) from None


def config_toml(
    settings: Settings,
    environ: Mapping[str, str],
    logins: Path | None = None,
    routes: Routes = MappingProxyType({}),
) -> str:
    """Return rattler's own configuration in TOML, as far as it has settings that correspond to conda's."""
    lines = [f"authentication-override-file = {json.dumps(str(logins))}"] if logins else []
    if settings.ssl_verify is False:
        lines.append("tls-no-verify = true")
    elif settings.ssl_verify is not True:
        lines.append('tls-root-certs = "system"')
    servers = {scheme: settings.proxy_servers.get(scheme, settings.proxy_servers.get("all")) for scheme in _SCHEMES}
    if any(servers.values()):
        lines.append("[proxy-config]")
        lines += [f"{scheme} = {json.dumps(url)}" for scheme, url in servers.items() if url]
        exempt = environ.get("no_proxy", environ.get("NO_PROXY", ""))
        lines.append(f"non-proxy-hosts = {json.dumps([host.strip() for host in exempt.split(',') if host.strip()])}")
    if routes:
        lines.append("[mirrors]")
        lines += [f"{json.dumps(url)} = {json.dumps(others)}" for url, others in routes.items()]
    return "\n".join(lines)


_SCHEMES = ("http", "https")


def unsupported(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    """Return a sentence for each setting of conda that the engine does not support."""
    sentences = []
    if settings.client_ssl_cert:
        sentences.append("conda's client_ssl_cert is set, but the engine cannot present a client certificate.")
    if (path := _certificate_file(settings)) is not None and not path.exists():
        sentences.append(f"conda's ssl_verify names {path}, which does not exist: no https server is trusted.")
    others = sorted(set(settings.proxy_servers) - {*_SCHEMES, "all"})
    if others:
        sentences.append(f"conda's proxy_servers for {', '.join(others)} are ignored: only http, https and all work.")
    for entry in settings.channel_settings:
        channel = without_credentials(entry.get("channel", ""))
        if auth := entry.get("auth", "").strip():
            sentences.append(
                f"conda's channel_settings use the plugin {auth} for {channel}, which the engine does not support: "
                "put the login into ~/.netrc."
            )
    sentences += [
        f"The login for {host} is not used: it would also be sent to the mirrors of that host's channels."
        for host in withheld(environ, mirrored_elsewhere(mirrors_of(settings)))
    ]
    return [*sentences, *unusable_mirrors(settings)]


@contextmanager
def _certificates(settings: Settings) -> Iterator[None]:
    """Set OpenSSL's variables to the configured certificates while a client is created."""
    path = _certificate_file(settings)
    if path is None:
        yield
        return
    name = "SSL_CERT_DIR" if path.is_dir() else "SSL_CERT_FILE"
    before = os.environ.get(name)
    os.environ[name] = str(path)
    try:
        yield
    finally:
        os.environ.pop(name)
        if before is not None:
            os.environ[name] = before


def _certificate_file(settings: Settings) -> Path | None:
    """Return the file or folder of certificates that conda's ``ssl_verify`` names; None if it names none."""
    if isinstance(settings.ssl_verify, bool) or settings.ssl_verify == "truststore":
        return None
    return Path(settings.ssl_verify).expanduser()
