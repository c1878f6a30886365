"""conda's configuration of the network -> rattler's clients.

Logins are rattler's own affair: it reads ``~/.netrc`` (or ``NETRC``), the file that ``RATTLER_AUTH_FILE`` names, and
what a channel's URL holds.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import rattler

from ..envs.condarc import Settings

_TOTAL = 5
"""A repodata file may take so many times ``remote_read_timeout_secs``: rattler limits the whole answer only."""


def make_client(settings: Settings, *, limited: bool) -> rattler.Client:
    """A client that goes where conda would go.

    Args:
        settings: conda's configuration.
        limited: give up an answer that takes too long. Right for repodata; for packages, whose size knows no limit,
            see :mod:`.watchdog`.
    """
    with _certificates(settings):
        return rattler.Client.from_config(
            rattler.Config.from_toml(config_toml(settings, os.environ)),
            max_retries=settings.remote_max_retries,
            timeout=max(1, round(settings.remote_read_timeout_secs * _TOTAL)) if limited else None,
        )


def make_gateway(settings: Settings, cache: Path) -> rattler.Gateway:
    """The reader of channels, which keeps what it read in a folder."""
    return rattler.Gateway(
        cache_dir=cache,
        client=make_client(settings, limited=True),
        default_config=rattler.SourceConfig(cache_action="force-cache-only" if settings.offline else "cache-or-fetch"),
    )


def config_toml(settings: Settings, environ: Mapping[str, str]) -> str:
    """The part of the settings that rattler's own configuration knows, in its format."""
    lines = []
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
    return "\n".join(lines)


_SCHEMES = ("http", "https")


def unsupported(settings: Settings) -> list[str]:
    """A sentence for each setting of conda that the engine cannot follow."""
    sentences = []
    if settings.client_ssl_cert:
        sentences.append("conda's client_ssl_cert is set, but the engine cannot present a client certificate.")
    others = sorted(set(settings.proxy_servers) - {*_SCHEMES, "all"})
    if others:
        sentences.append(f"conda's proxy_servers for {', '.join(others)}: the engine knows http, https and all only.")
    return sentences


@contextmanager
def _certificates(settings: Settings) -> Iterator[None]:
    """While a client is made, OpenSSL's variables name the certificates of a configured path."""
    if isinstance(settings.ssl_verify, bool) or settings.ssl_verify == "truststore":
        yield
        return
    path = Path(settings.ssl_verify).expanduser()
    name = "SSL_CERT_DIR" if path.is_dir() else "SSL_CERT_FILE"
    before = os.environ.get(name)
    os.environ[name] = str(path)
    try:
        yield
    finally:
        os.environ.pop(name)
        if before is not None:
            os.environ[name] = before
