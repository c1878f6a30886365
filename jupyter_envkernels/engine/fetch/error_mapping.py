"""What network, disk and installer say -> a failure in a person's words. Pure: text in, failure out."""

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

# what the engine's text holds -> what is wrong, and what to do about it; the first that fits counts
_NETWORK: tuple[tuple[str, str, str], ...] = (
    (
        r"[Nn]o space left|quota exceeded",
        "no space is left on the disk",
        "Remove environments that you no longer need, or ask for more space.",
    ),
    (
        r"^failed to (create|open) '",
        "what it has cannot be kept",
        "See to it that you may write to the folder c.EnvKernels.package_cache.",
    ),
    (
        r"\b401\b|\b403\b|Unauthorized|Forbidden",
        "it asks for a login, or refuses the one that it got",
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
        "what its server sends is no index",
        "Open its address in a browser: a network that asks to log in first may answer for it.",
    ),
)
_ABSENT = r"\b404\b|No such file|could not find subdir"
_DAMAGED = "is damaged: it is not what the channel, or a list that names it, says it is"
_MEND = (
    "Correct the hash, if a list of yours gives it. Otherwise tell the maintainers of the channel, "
    "and choose another version until it is repaired."
)
_OFFLINE = re.compile(r"not in the cache|no usable repodata cache", re.IGNORECASE)


def channel_failure(text: str, url: str = "", proxy_of: Callable[[str], str] = lambda _: "") -> ChannelFailed:
    """Return the failure that a message of the reader of channels stands for: a sentence, with the message below.

    Args:
        text: the message.
        url: of the channel, where it is known; else what the message names.
        proxy_of: tells the proxy through which a URL is requested, without its login.
    """
    text = without_credentials(text)
    found = _URL.search(without_credentials(url) or text)
    channel = f"The channel {_SUBDIR.sub('', found[0]).rstrip('/')}" if found else "A channel"
    if _OFFLINE.search(text):
        return ChannelFailed(
            f"{channel} cannot be read: conda is set to be offline, and it was not read before.",
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
    """Return the failure that the installer's message stands for: a sentence, and the message below it.

    Args:
        text: the message.
        is_full: there is no space left where it has worked. It may then say only what came of that.
        is_listed: the package's address was given, and is not known from a channel.
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
    """Return whether the error says that the disk or a quota is full."""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}


def damaged(package: str, url: str) -> DownloadFailed:
    """Return the failure that a package is not what its channel, or the list that names it, says."""
    message = f"The package {package} {_DAMAGED} ({without_credentials(url)})."
    return DownloadFailed(message, remedy=_MEND, packages=(package,), details={"url": without_credentials(url)})


def stalled_download(packages: Sequence[str], seconds: float) -> DownloadFailed:
    """Return the failure that downloads which have begun stand still."""
    return DownloadFailed(
        f"The download of {listed(packages)} stands still: nothing came for {seconds:g} s.",
        remedy="Try again later, or raise conda's remote_read_timeout_secs.",
        packages=tuple(packages),
        details={"seconds": seconds},
    )


def oversized_download(package: str, limit: int) -> DownloadFailed:
    """Return the failure of a download that was stopped because more came than the channel lists."""
    return DownloadFailed(
        f"The download of {package} was stopped: its server sends more than the {size(limit)} that the channel lists.",
        remedy="Choose another version or channel, and tell the maintainers of this one.",
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
        "Choose another version, or tell the maintainers of the channel.",
    )
    if is_listed:
        absent = ("there is nothing at this address", "Correct the address.")
    reason, remedy = _reason(text, absent) or ("", "Try again; if it stays, the channel's copy is out of reach.")
    message = f"{package} cannot be fetched{f': {reason}' if reason else ''}."
    return DownloadFailed(message, remedy=remedy, explanation=text, packages=packages)


def _reason(text: str, absent: tuple[str, str]) -> tuple[str, str] | None:
    """Return what is wrong, and what to do about it; None where that is not known.

    Args:
        text: the engine's.
        absent: both, where there is nothing at an address.
    """
    for sign, reason, remedy in (*_NETWORK, (_ABSENT, *absent)):
        if found := re.search(sign, text):
            return reason.format(**found.groupdict()), remedy
    return None
