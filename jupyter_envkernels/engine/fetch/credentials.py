"""Remove credentials from the URLs of channels, and pass them to rattler separately.

rattler would write URLs with credentials into the records of an environment. So it gets clean URLs: a token is part of
a path, so the URL with the token is a mirror of the one without; a password goes into rattler's storage of logins.
"""

from __future__ import annotations

import json
import netrc
import os
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

from ...envs.conda_config.condarc import Settings
from ...files import read_file
from ...models import Operation
from ...specs import expand_variables
from ...specs.redact import without_credentials
from ..channel_policy import channels_in

_MAX_BYTES = 1 << 20
ARCHIVE = re.compile(r"/[^/]+\.(conda|tar\.bz2)\Z")


@dataclass(frozen=True, slots=True)
class Logins:
    """Credentials from URLs of channels.

    Attributes:
        mirrors: URL without a token -> the same with it.
        passwords: host -> its entry in rattler's storage of logins.
    """

    mirrors: Mapping[str, str]
    passwords: Mapping[str, Any]


def logins_of(urls: Iterable[str]) -> Logins:
    """Return the credentials in URLs of channels."""
    mirrors: dict[str, str] = {}
    passwords: dict[str, Any] = {}
    for url in urls:
        parts, clean = urlsplit(url), without_credentials(url)
        if clean == url:
            continue
        if parts.password is not None:
            login = {"username": unquote(parts.username or ""), "password": unquote(parts.password)}
            passwords[parts.hostname or ""] = {"BasicHTTP": login}
        with_token = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        if with_token != clean:
            # rattler replaces URLs of folders, so that of a package becomes that of its subdir
            mirrors[ARCHIVE.sub("", clean)] = ARCHIVE.sub("", with_token)
    return Logins(mirrors, passwords)


def places_of(operation: Operation, configured: Iterable[str], environ: Mapping[str, str]) -> list[str]:
    """Return the channels and package URLs of an operation, with credentials.

    Args:
        operation: the operation.
        configured: the channels of one that names none.
        environ: variables, which conda expands in channels.
    """
    spec = operation.own_spec
    lines = (*spec.dependencies, *operation.added)
    places = (*(spec.channels or configured), *channels_in(lines), *(package.url for package in spec.locked))
    return [expand_variables(place, environ) for place in places]


def configured_logins(settings: Settings) -> Logins:
    """Return the credentials of all channels in conda's configuration.

    They are used for URLs without credentials, too, because exports and records have no others.
    """
    names = [*settings.channels, "defaults", *settings.custom_channels, *settings.custom_multichannels]
    return logins_of([settings.channel_alias, *settings.channel_urls(names)])


@contextmanager
def login_file(
    passwords: Mapping[str, Any], environ: Mapping[str, str], mirrored: Collection[str] = ()
) -> Iterator[Path | None]:
    """Yield a file of logins for rattler, which reads it when a client is created; None if none is needed.

    It replaces the user's own storage, so it contains those logins, too: from the file that ``RATTLER_AUTH_FILE``
    names, or from ``~/.rattler/credentials.json`` and netrc.

    Args:
        passwords: host -> login.
        environ: variables that locate the user's storage.
        mirrored: hosts whose logins are left out, because rattler would send them to their mirrors.
    """
    if not passwords and not withheld(environ, mirrored):
        yield None
        return
    logins = {**_own_logins(environ), **passwords}
    with tempfile.TemporaryDirectory(prefix="envkernels-login-") as folder:
        path = Path(folder, "logins.json")
        path.touch(mode=0o600)
        kept = {host: login for host, login in logins.items() if not _covers_one(host, mirrored)}
        path.write_text(json.dumps(kept), encoding="utf-8")
        yield path


def withheld(environ: Mapping[str, str], mirrored: Collection[str]) -> list[str]:
    """Return the hosts in the user's storage, wildcards included, whose logins would be sent to mirrors."""
    return sorted(host for host in _own_logins(environ) if _covers_one(host, mirrored)) if mirrored else []


def _covers_one(entry: str, hosts: Collection[str]) -> bool:
    """Return whether an entry is for one of the hosts; ``*.example.org`` is for all hosts below it."""
    return any(host == entry or (entry.startswith("*.") and host.endswith(entry[1:])) for host in hosts)


def _own_logins(environ: Mapping[str, str]) -> dict[str, Any]:
    if named := environ.get("RATTLER_AUTH_FILE"):
        return _read(Path(named))
    home = Path(environ.get("HOME") or os.path.expanduser("~"))  # noqa: PTH111 - as shells do
    found: dict[str, Any] = {}
    with suppress(OSError, netrc.NetrcParseError):
        hosts = netrc.netrc(environ.get("NETRC") or str(home / ".netrc")).hosts
        found = {host: {"BasicHTTP": {"username": hosts[host][0], "password": hosts[host][2]}} for host in hosts}
    return {**found, **_read(home / ".rattler" / "credentials.json")}


def _read(path: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        content = json.loads(read_file(path, _MAX_BYTES))
        return content if isinstance(content, dict) else {}
    return {}
