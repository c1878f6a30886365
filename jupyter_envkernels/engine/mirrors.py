"""Find the URLs that replace those of channels: mirrors, and URLs with a token. Records keep the plain URLs.

Mirrors are ``mirrored_channels``, which mamba reads from condarc; conda itself has none. Tokens are those that
``anaconda login`` stores, one file for each server; they are put into URLs as ``conda/models/channel.py`` and
``conda/gateways/anaconda_client.py`` do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import unquote_plus, urlsplit

from ..envs.conda_config.condarc import Settings
from ..envs.conda_roots import home_of
from ..files import read_file
from ..specs.redact import without_credentials

Routes = Mapping[str, Sequence[str]]
"""URL -> the URLs that replace it and all below it, in the order of trial."""

_SCHEMES = ("http", "https", "oci")
_SUFFIX = ".token"
_MAX_BYTES = 1 << 16
_API = re.compile(r"(?<=[./])api(?=[./]|$)")


def mirrors_of(settings: Settings) -> dict[str, list[str]]:
    """Return URL of a channel -> URLs of its mirrors, for each configured name that is one channel."""
    found = {}
    for name, mirrors in settings.mirrored_channels.items():
        urls = settings.channel_urls([name])
        usable = [mirror.rstrip("/") for mirror in mirrors if _is_usable(mirror)]
        if len(urls) == 1 and usable:
            found[urls[0]] = usable
    return found


def unusable_mirrors(settings: Settings) -> Iterator[str]:
    """Yield a sentence for each part of ``mirrored_channels`` that cannot be used."""
    for name, mirrors in settings.mirrored_channels.items():
        if len(settings.channel_urls([name])) != 1:
            yield f"conda's mirrored_channels for {name} is ignored: the name stands for several channels."
        for mirror in mirrors:
            if not _is_usable(mirror):
                yield (
                    f"The mirror {without_credentials(mirror)} of {name} is ignored: it must be a URL of http, https "
                    "or oci without a password. It may have a token."
                )


def _is_usable(mirror: str) -> bool:
    """Return whether the engine can use a mirror; it stores logins by host, not by mirror."""
    parts = urlsplit(mirror)
    return parts.scheme in _SCHEMES and parts.username is None


def mirrored_elsewhere(mirrors: Routes) -> frozenset[str]:
    """Return the hosts of channels with mirrors on other hosts, to which the engine would send their logins."""
    return frozenset(
        host
        for url, found in mirrors.items()
        if (host := urlsplit(url).hostname) and any(urlsplit(mirror).hostname != host for mirror in found)
    )


def stored_tokens(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the tokens of anaconda-client: URL of a server -> token. Unreadable files are skipped."""
    tokens = {}
    with suppress(OSError):
        for path in sorted(_token_folder(environ).glob(f"*{_SUFFIX}")):
            with suppress(OSError, UnicodeDecodeError):
                url, token = unquote_plus(path.name.removesuffix(_SUFFIX)), read_file(path, _MAX_BYTES).decode().strip()
                if token:
                    # the token of the API server is valid for its channel server, too
                    tokens[url] = tokens[_API.sub("conda", url, count=1)] = token
    return tokens


def _token_folder(environ: Mapping[str, str]) -> Path:
    if folder := environ.get("BINSTAR_CONFIG_DIR"):
        return Path(folder, "data")
    return Path(environ.get("XDG_CONFIG_HOME") or home_of(environ) / ".config", "binstar")


def token_routes(settings: Settings, tokens: Mapping[str, str]) -> dict[str, str]:
    """Return URL -> the same URL with the stored token of its server.

    conda puts a token after the part of a URL that is not the channel's name: the alias, the folder of a custom
    channel, or else the host with ``/conda``. conda compares URLs as strings; here a token is not sent to a host whose
    name only begins like the server's.
    """
    routes: dict[str, str] = {}
    for server, token in sorted(tokens.items()):
        server = server.rstrip("/")  # noqa: PLW2901
        for name, folder in _folders(settings, server):
            channel = _joined(folder, name)
            if is_below(channel, server) or is_below(server, channel):
                place = max(channel, server, key=len)
                routes[place] = f"{folder}/t/{token}{place[len(folder) :]}"
    return routes


def _folders(settings: Settings, server: str) -> Iterator[tuple[str, str]]:
    """Yield channel names and the folders of their URLs on a server, from general to specific."""
    parts = urlsplit(server)
    host = f"{parts.scheme}://{parts.netloc}"
    yield "", host
    yield "", f"{host}/conda"
    yield "", settings.channel_alias.rstrip("/")
    yield from sorted((name.strip("/"), folder.rstrip("/")) for name, folder in settings.custom_channels.items())


def _joined(folder: str, name: str) -> str:
    return f"{folder}/{name}" if name else folder


def is_below(url: str, folder: str) -> bool:
    """Return whether a URL is a folder, or below it."""
    return f"{url}/".startswith(f"{folder}/")


def merged(mirrors: Routes, tokens: Mapping[str, str]) -> dict[str, list[str]]:
    """Return one table of mirrors and of URLs with tokens; mirrors get their tokens, too."""
    routes = {url: [path] for url, path in tokens.items()}
    routes.update({url: [_with_token(mirror, tokens) for mirror in found] for url, found in mirrors.items()})
    return routes


def _with_token(url: str, tokens: Mapping[str, str]) -> str:
    heads = [head for head in tokens if is_below(url, head)]
    head = max(heads, key=len, default=None)
    return url if head is None else tokens[head] + url[len(head) :]


def longest(routes: Routes) -> int:
    """Return the largest number of URLs that one request may have to try."""
    return max(map(len, routes.values()), default=1)
