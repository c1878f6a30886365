"""Map error messages of network, disk and installer to errors with a remedy. No I/O."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Sequence

from ...errors import ChannelFailed, DiskFull, DownloadFailed, LinkFailed, OperationFailed
from ...models import size
from ...specs.redact import without_credentials
from ..messages import listed

_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s'\"),]+", re.IGNORECASE)
_PACKAGE = re.compile(r"(?P<stem>[^\s/]+-[^\s/-]+-[^\s/-]+)\.(conda|tar\.bz2)\b")
_SUBDIR = re.compile(r"/(noarch|(linux|osx|win|freebsd|emscripten|wasi|zos)-[a-z0-9_]+)(/.*)?$")

_UNREACHABLE = "its server cannot be reached"

# pattern in the engine's message, reason, remedy; the first match is used
_NETWORK: tuple[tuple[str, str, str], ...] = (
    (
        r"[Nn]o space left|quota exceeded",
        "no space is left on the disk",
        "Remove environments that you no longer need, or ask for more space.",
    ),
    (
        r"^failed to (create|open) '",
        "it cannot be stored in the package cache",
        "Make sure that you may write to the folder c.EnvKernels.package_cache.",
    ),
    (
        r"\b401\b|\b403\b|Unauthorized|Forbidden",
        "it requires a login, or refuses the one that was sent",
        "Put the login into ~/.netrc or the token into the channel's URL, as conda does.",
    ),
    (r"certificate", "its certificate is not trusted", "Set conda's ssl_verify to the certificates of your site."),
    (r"proxy", "the proxy does not let it through", "Check conda's proxy_servers or the variable HTTPS_PROXY."),
    (r"dns error|lookup address", "its host name is not known", "Check the address, and the network of this machine."),
    (
        r"onnection refused|onnection reset|tcp connect|[Uu]nreachable",
        _UNREACHABLE,
        "Check the address, and the network of this machine; or try again later.",
    ),
    (r"timed out", "its server does not answer in time", "Try again later, or raise conda's remote_read_timeout_secs."),
    (r"HTTP status server error \((?P<status>[^)]*)\)", "its server answers {status}", "Try again later."),
    (
        r"end of file before|connection closed|error (reading|decoding) (a|response) body",
        "the connection was cut",
        "Try again.",
    ),
    (
        r"failed to parse repodata",
        "the answer of its server is not repodata",
        "Open its address in a browser: a login page of the network may answer instead of it.",
    ),
)
_ABSENT = r"\b404\b|No such file|could not find subdir"
_DAMAGED = "is damaged: its hash is not the one in the channel or in your list"
_MEND = (
    "Correct the hash if it is in your list. Otherwise report it to the maintainers of the channel, "
    "and choose another version until it is repaired."
)
_OFFLINE = re.compile(r"not in the cache|no usable repodata cache", re.IGNORECASE)


def channel_failure(text: str, url: str = "", proxy_of: Callable[[str], str] = lambda _: "") -> ChannelFailed:
    """Return the failure for a message of rattler's gateway, which becomes its explanation.

    Args:
        text: the message.
        url: of the channel, if known; else it is taken from the message.
        proxy_of: returns the proxy for a URL, without credentials.
    """
    text = without_credentials(text)
    found = _URL.search(without_credentials(url) or text)
    channel = f"The channel {_SUBDIR.sub('', found[0]).rstrip('/')}" if found else "A channel"
    if _OFFLINE.search(text):
        return ChannelFailed(
            f"{channel} cannot be read: conda is set to be offline, and the channel is not in the cache.",
            remedy="Set conda's offline to false.",
            explanation=text,
        )
    absent = ("there is nothing at this address", "Check its name.")
    reason, remedy = _reason(text, absent) or ("", "Check the channels, and whether this machine reaches them.")
    if found and reason == _UNREACHABLE and (proxy := proxy_of(found[0])):
        reason = f"{reason} through the proxy {proxy}"
        remedy = f"Check conda's proxy_servers and the variables HTTP_PROXY and HTTPS_PROXY. {remedy}"
    message = f"{channel} cannot be read{f': {reason}' if reason else ''}."
    return ChannelFailed(message, remedy=remedy, explanation=text, details={"url": found[0] if found else ""})


def install_failure(text: str, *, is_full: bool = False, is_listed: bool = False) -> OperationFailed:
    """Return the failure for a message of the installer, which becomes its explanation.

    Args:
        text: the message.
        is_full: whether the disk is full; the message may then name only a consequence.
        is_listed: whether the package's URL was given by the user, not by a channel.
    """
    text = without_credentials(text)
    names_space = re.search(r"no space left|quota exceeded", text, re.IGNORECASE)
    if not names_space and re.search(r"fetch|download|hash mismatch|checksum|http", text, re.IGNORECASE):
        return _download_failure(text, is_listed=is_listed)
    if names_space or is_full:
        return DiskFull(
            "No space is left on the disk.",
            remedy="Remove environments that you no longer need, or ask for more space.",
            explanation=text,
        )
    return LinkFailed("The packages cannot be installed.", explanation=text)


def is_full_disk(error: BaseException) -> bool:
    """Return whether the error is ENOSPC or EDQUOT."""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}


def damaged(package: str, url: str) -> DownloadFailed:
    """Return the failure that a package differs from what its channel, or the list that names it, says."""
    message = f"The package {package} {_DAMAGED} ({without_credentials(url)})."
    return DownloadFailed(message, remedy=_MEND, packages=(package,), details={"url": without_credentials(url)})


def stalled_download(packages: Sequence[str], seconds: float) -> DownloadFailed:
    """Return the failure that no bytes arrived for some seconds."""
    return DownloadFailed(
        f"The download of {listed(packages)} has stalled: no data arrived for {seconds:g} s.",
        remedy="Try again later, or raise conda's remote_read_timeout_secs.",
        packages=tuple(packages),
        details={"seconds": seconds},
    )


def oversized_download(package: str, limit: int) -> DownloadFailed:
    """Return the failure of a download that is larger than the channel lists."""
    return DownloadFailed(
        f"The download of {package} was stopped: its server sends more than the {size(limit)} that the channel lists.",
        remedy="Choose another version or channel, and report it to the maintainers of this one.",
        packages=(package,),
        details={"limit": limit},
    )


def _download_failure(text: str, *, is_listed: bool) -> DownloadFailed:
    found = _PACKAGE.search(text)
    name_and_version = found["stem"].rsplit("-", 2)[:2] if found else []
    packages = tuple(name_and_version[:1])
    package = f"The package {' '.join(name_and_version)}" if found else "A package"
    if re.search(r"hash mismatch|checksum", text, re.IGNORECASE):
        return DownloadFailed(f"{package} {_DAMAGED}.", remedy=_MEND, explanation=text, packages=packages)
    absent = (
        "its channel lists it, but does not have it",
        "Choose another version, or report it to the maintainers of the channel.",
    )
    if is_listed:
        absent = ("there is nothing at this address", "Correct the address.")
    reason, remedy = _reason(text, absent) or ("", "Try again later.")
    message = f"{package} cannot be fetched{f': {reason}' if reason else ''}."
    return DownloadFailed(message, remedy=remedy, explanation=text, packages=packages)


def _reason(text: str, absent: tuple[str, str]) -> tuple[str, str] | None:
    """Return reason and remedy; None if unknown.

    Args:
        text: the engine's message.
        absent: reason and remedy if a URL does not exist.
    """
    for sign, reason, remedy in (*_NETWORK, (_ABSENT, *absent)):
        if found := re.search(sign, text):
            return reason.format(**found.groupdict()), remedy
    return None
