"""Collect the parameters of :mod:`.trust` for this user: anchors, trusted accounts, and prefixes trusted by name."""

from __future__ import annotations

import grp
import os
import pwd
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec
from jupyter_core.paths import jupyter_data_dir

from ..errors import NotFound, StoreFailed
from ..files import read_file
from ..models import CatalogOptions
from .conda_config.condarc import Settings
from .conda_roots import home_of
from .fingerprints import Stamp, stamp_of
from .policy_file import allows_trust
from .trust import Account, Trust, TrustedPrefix

_MAX_BYTES = 1 << 20


class TrustSource:
    """Builds the :class:`~.trust.Trust` of one process, again only when something that it depends on has changed.

    Not thread-safe.

    Args:
        options: the configured folders and accounts.
        environ: the variables that name the home and the root prefix.
        file: the user's list of trusted prefixes.
    """

    def __init__(self, options: CatalogOptions, environ: Mapping[str, str], file: Path | None = None) -> None:
        self._options = options
        self._environ = environ
        self._file = file
        self._known: tuple[object, Trust] | None = None

    def read(self, settings: Settings) -> Trust:
        """Return the current rule; the same object while nothing has changed.

        Args:
            settings: conda's configuration.
        """
        if self._file is None:
            self._file = trusted_prefixes_file()
        stamp: Stamp | None = stamp_of(str(self._file), time.time_ns())
        key = (settings, stamp, self._environ.get("HOME"), os.geteuid(), allows_trust())
        if self._known is None or self._known[0] != key or stamp is None:
            self._known = (key, read_trust(self._options, settings, self._environ, self._file))
        return self._known[1]


def read_trust(
    options: CatalogOptions, settings: Settings, environ: Mapping[str, str], file: Path | None = None
) -> Trust:
    """Build the rule for this user; see :class:`TrustSource` for the arguments."""
    return Trust(
        anchors=tuple(dict.fromkeys(map(_absolute, _anchors(options, settings, environ)))),
        owners=frozenset(_ids(options.trusted_owners, lambda name: pwd.getpwnam(name).pw_uid)),
        groups=_group_ids(options.trusted_groups),
        prefixes=read_trusted_prefixes(file or trusted_prefixes_file()) if allows_trust() else (),
        account=Account.current(),
    )


def administers(folder: str, groups: Iterable[str]) -> bool:
    """Return whether this user may change a shared root, as far as permissions allow.

    Root, the owner of the folder, and the members of trusted groups may.

    Args:
        folder: the shared root.
        groups: names or ids of trusted groups.
    """
    own = {os.getegid(), *os.getgroups()}
    if os.geteuid() == 0 or not own.isdisjoint(_group_ids(groups)):
        return True
    with suppress(OSError):
        return os.stat(folder).st_uid == os.geteuid()
    return False


def _group_ids(names: Iterable[str]) -> frozenset[int]:
    return frozenset(_ids(names, lambda name: grp.getgrnam(name).gr_gid))


def _anchors(options: CatalogOptions, settings: Settings, environ: Mapping[str, str]) -> Iterable[str | Path]:
    yield from (sys.prefix, sys.base_prefix, home_of(environ))
    if settings.root_prefix:
        yield settings.root_prefix
    if environ.get("MAMBA_ROOT_PREFIX"):
        yield environ["MAMBA_ROOT_PREFIX"]
    yield from (*options.roots, *options.shared_roots, *settings.configured_envs_dirs)


def _absolute(path: str | Path) -> str:
    return os.path.abspath(os.path.expanduser(path))


def _ids(names: Iterable[str], look_up: Callable[[str], int]) -> Iterator[int]:
    """Yield the ids of accounts or groups given by name or number; unknown names are skipped."""
    for name in names:
        if name.isdecimal():
            yield int(name)
        else:
            with suppress(KeyError):
                yield look_up(name)


def trusted_prefixes_file() -> Path:
    """Return the path of the user's list of trusted prefixes."""
    return Path(jupyter_data_dir(), "envkernels", "trusted.json")


def read_trusted_prefixes(file: Path) -> tuple[TrustedPrefix, ...]:
    """Read the list of prefixes that the user trusts by name; empty if it cannot be read."""
    try:
        return msgspec.json.decode(read_file(file, _MAX_BYTES), type=tuple[TrustedPrefix, ...])
    except (OSError, ValueError):
        return ()


def trust_prefix(prefix: Path, file: Path | None = None) -> TrustedPrefix:
    """Add a prefix to those that the user trusts by name.

    Args:
        prefix: of an environment.
        file: the list; the user's own by default.

    Raises:
        NotFound: there is no environment.
        StoreFailed: the list cannot be written.
    """
    real = os.path.realpath(prefix)
    try:
        os.stat(f"{real}/conda-meta")
        status = os.stat(real)
    except OSError as error:
        raise NotFound(f"There is no environment at {prefix}.", remedy="Give the prefix of an environment.") from error
    entry = TrustedPrefix(real, status.st_ino, status.st_uid)
    _change(file or trusted_prefixes_file(), real, [entry])
    return entry


def distrust_prefix(prefix: Path, file: Path | None = None) -> None:
    """Remove a prefix from those that the user trusts by name, if it is one.

    Raises:
        StoreFailed: the list cannot be written.
    """
    _change(file or trusted_prefixes_file(), os.path.realpath(prefix), [])


def _change(file: Path, real: str, entries: list[TrustedPrefix]) -> None:
    kept = [known for known in read_trusted_prefixes(file) if known.path != real]
    try:
        _write(file, msgspec.json.encode([*kept, *entries]))
    except OSError as error:
        raise StoreFailed(
            f"{file} cannot be written: {error.strerror}.", remedy="Check its permissions and the free space."
        ) from error


def _write(target: Path, data: bytes) -> None:
    """Write a private file atomically."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, draft = tempfile.mkstemp(dir=target.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        os.replace(draft, target)
    except OSError:
        os.unlink(draft)
        raise
