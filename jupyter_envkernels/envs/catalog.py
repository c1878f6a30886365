"""List the environments; cached by time stamps, so that a listing is cheap and always current."""

from __future__ import annotations

import operator
import os
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from ..errors import Ambiguous, Forbidden, InvalidRequest, NotFound
from ..models import CatalogOptions, Environment, Kernel, environment_id, real_path
from ..suggestions import did_you_mean
from . import kernel_ids
from .builder import EnvironmentBuilder
from .conda_config.condarc import Settings, SettingsCache
from .conda_roots import home_of
from .discovery import Discovery, FoundPrefix
from .kernel_ids import Naming
from .locations import Location, home_of_plain_names, locations, nearest_existing
from .prefixes import Contents, NotAnEnvironment, read_prefix
from .trust import Trust, TrustSession
from .trust_sources import TrustSource

_FOREIGN_OWNERS = {0, 65534}
"""Root, and the user that file servers show for unknown ones."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """What depends on options, variables and conda's configuration alone."""

    settings: Settings
    places: tuple[Location, ...]
    builder: EnvironmentBuilder


class _CachedPrefix(msgspec.Struct, frozen=True, gc=False):
    """One environment, with what it was built from.

    The contents are without their kernels, which are in the environment: the garbage collector, which stalls the
    server while it visits all objects, runs more often the more there are. That is also why some classes are none that
    it visits; they have no cycles.
    """

    found: FoundPrefix
    contents: Contents
    environment: Environment


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """The catalog at a time; immutable, so that it can be read without a lock."""

    environments: tuple[Environment, ...] = ()
    kernels: Mapping[str, Environment] = field(default_factory=dict)
    contents: Mapping[str, Contents] = field(default_factory=dict)

    def find(self, kernel_id: str) -> tuple[Environment, Kernel, Contents] | None:
        """Return the kernel with an id, with its environment and the contents of that."""
        environment = self.kernels.get(kernel_id)
        if environment is None:
            return None
        kernel = next(kernel for kernel in environment.kernels if kernel.id == kernel_id)
        return environment, kernel, self.contents[environment.id]


class Catalog:
    """The environments of the current user.

    Reading is thread-safe. Nothing is read before it is needed.

    Args:
        options: where to look and how to show environments.
        environ: the variables that conda's configuration and the locations depend on; read again each time.

    Raises:
        InvalidRequest: an option is invalid.
    """

    def __init__(self, options: CatalogOptions, environ: Mapping[str, str] = os.environ) -> None:
        self._options = options
        self._environ = environ
        self._template = kernel_ids.check_template(options.display_name)
        self._hidden = _pattern(options.hidden_environments)
        self._lock = threading.Lock()
        self._settings = SettingsCache(environ)
        self._trust = TrustSource(options, environ)
        self._last_trust: Trust | None = None
        self._frame: _Frame | None = None
        self._discovery = Discovery()
        self._entries: dict[str, _CachedPrefix] = {}
        self._snapshot: _Snapshot | None = None

    @property
    def options(self) -> CatalogOptions:
        """Return the options."""
        return self._options

    def settings(self) -> Settings:
        """Return the current configuration of conda."""
        with self._lock:
            return self._settings.read()

    def trust(self) -> Trust:
        """Return the rule that decides whose files may be used."""
        with self._lock:
            return self._trust.read(self._settings.read())

    def locations(self) -> tuple[Location, ...]:
        """Return the locations of environments, in order of precedence."""
        with self._lock:
            return self._current_frame().places

    def environments(self) -> tuple[Environment, ...]:
        """Return all environments by name, then prefix. Only what has changed since the last call is read again."""
        with self._lock:
            self._snapshot = self._refreshed()
            return self._snapshot.environments

    def own(self) -> tuple[Environment, ...]:
        """Return the environments that this user owns, including hidden ones.

        Shared ones, base environments and the prefix that Jupyter runs in are not included.
        """
        with self._lock:
            self._snapshot = self._refreshed()
            entries = tuple(self._entries.values())
        home = str(home_of(self._environ))
        return tuple(entry.environment for entry in entries if _is_own(entry, home))

    def find(self, ref: str) -> Environment:
        """Return the environment with an id, prefix or name.

        Raises:
            NotFound: there is none.
            Ambiguous: several have that name.
        """
        environments = self.environments()
        if not _can_be_path(ref):
            raise _not_found(ref, environments)
        wanted = environment_id(Path(os.path.expanduser(ref))) if os.sep in ref else ref
        by_id = next((environment for environment in environments if environment.id == wanted), None)
        if by_id:
            return by_id
        if os.sep in ref:
            return self._at(os.path.abspath(os.path.expanduser(ref)))
        named = [environment for environment in environments if environment.name == ref]
        named = [environment for environment in named if environment.is_trusted] or named
        if len(named) == 1:
            return named[0]
        raise _ambiguous(ref, named) if named else _not_found(ref, environments)

    def kernel(self, kernel_id: str) -> tuple[Environment, Kernel] | None:
        """Return the kernel with an id and its environment; None if there is none.

        While it is known and unchanged nothing else is read, so that this may be called in an event loop.
        """
        for snapshot in (self._snapshot, None):
            if snapshot is None:
                self.environments()
            found = (snapshot or self._snapshot or _Snapshot()).find(kernel_id)
            if found and (snapshot is None or found[2].is_current()):
                return found[0], found[1]
        return None

    def new_prefix(self, name: str, root: Path | None = None) -> Path:
        """Return the prefix for a new environment.

        Args:
            name: of the new environment.
            root: its folder; by default the first writable one of the configured roots, or of conda's ``envs_dirs``.

        Raises:
            InvalidRequest: the name is not a folder name.
            Forbidden: no such folder is writable.
        """
        if not name or name in (".", "..") or os.sep in name or "\0" in name:
            raise InvalidRequest(f"{name!r} cannot be the name of an environment.", remedy="Use letters and digits.")
        return self.new_root(root) / name

    def new_root(self, root: Path | None = None) -> Path:
        """Return the folder for new environments: the given one, or else the default.

        Raises:
            Forbidden: no such folder is writable.
        """
        folders = (root,) if root else self._options.roots or self.settings().envs_dirs
        for folder in folders:
            if _can_write(folder.expanduser().absolute()):
                return Path(os.path.abspath(folder.expanduser()))
        raise Forbidden(
            f"No environment can be created: {', '.join(map(str, folders))} cannot be written to.",
            remedy="Choose another folder, or ask the administrator to set c.EnvKernels.roots.",
        )

    def _at(self, path: str) -> Environment:
        """Return an environment outside of all locations."""
        with self._lock:
            builder = self._current_frame().builder
            session = self._trust.read(self._settings.read()).session()
        found = FoundPrefix(path, path, real_path(path), Location(path, "prefix", "the request"))
        try:
            return builder.environment(found, read_prefix(path, session))
        except NotAnEnvironment as absence:
            raise NotFound(absence.problem.message, remedy=absence.problem.remedy) from None

    def _current_frame(self) -> _Frame:
        settings = self._settings.read()
        if self._frame is None or self._frame.settings is not settings:
            base = os.path.realpath(settings.root_prefix) if settings.root_prefix else ""
            home = home_of_plain_names(self._options, settings, self._environ)
            self._frame = _Frame(
                settings,
                locations(self._options, settings, self._environ),
                EnvironmentBuilder(Naming(home, base), self._template, str(home_of(self._environ))),
            )
            self._entries = {}
        return self._frame

    def _refreshed(self) -> _Snapshot:
        frame = self._current_frame()
        trust = self._trust.read(frame.settings)
        if trust != self._last_trust:
            self._last_trust, self._entries = trust, {}
        known = self._entries
        session = trust.session()
        entries = {}
        for found in self._discovery.find(frame.places, session):
            old = known.get(found.real)
            if old is None or old.found != found or not old.contents.is_current():
                old = self._read(found, old, frame.builder, session)
            if old is not None:
                entries[found.real] = old
        is_same = len(entries) == len(known) and all(map(operator.is_, entries.values(), map(known.get, entries)))
        if is_same and self._snapshot is not None:
            return self._snapshot
        self._entries = entries
        shown = [entry.environment for entry in entries.values() if not self._is_hidden(entry.environment)]
        environments = frame.builder.arrange(shown)
        contents = {entry.environment.id: entry.contents for entry in entries.values()}
        return _Snapshot(environments, {kernel.id: env for env in environments for kernel in env.kernels}, contents)

    @staticmethod
    def _read(
        found: FoundPrefix,
        known: _CachedPrefix | None,
        builder: EnvironmentBuilder,
        session: TrustSession,
    ) -> _CachedPrefix | None:
        try:
            contents = read_prefix(found.path, session)
        except NotAnEnvironment as absence:
            if not (found.is_named and absence.is_odd):
                return None
            contents = Contents(problem=absence.problem)
        environment = builder.environment(found, contents)
        read = _CachedPrefix(found, msgspec.structs.replace(contents, kernels=()), environment)
        return known if known == read else read

    def _is_hidden(self, environment: Environment) -> bool:
        if environment.is_base and self._options.hide_base:
            return True
        if self._hidden is None:
            return False
        return any(self._hidden.search(text) for text in (environment.name, str(environment.prefix)))


def _is_own(entry: _CachedPrefix, home: str) -> bool:
    environment, found = entry.environment, entry.found
    if environment.is_base or environment.is_running or found.location.is_shared:
        return False
    try:
        owner = os.stat(found.real).st_uid
    except OSError:
        return False
    # file servers may show another owner for everything in a home folder
    is_at_home = found.real.startswith(f"{os.path.realpath(home)}/") and entry.contents.is_writable
    return owner == os.geteuid() or (is_at_home and owner in _FOREIGN_OWNERS)


def _pattern(text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text) if text else None
    except re.error as error:
        raise InvalidRequest(
            f"c.EnvKernels.hidden_environments is not a regular expression: {error}.", remedy="Correct the expression."
        ) from error


def _ambiguous(name: str, environments: Iterable[Environment]) -> Ambiguous:
    candidates = [str(environment.prefix) for environment in environments]
    return Ambiguous(
        f"Several environments are called {name!r}: {', '.join(candidates)}.",
        remedy="Give the prefix or the id instead.",
        details={"candidates": candidates},
    )


def _can_be_path(text: str) -> bool:
    """Return whether a text can be the path of a file: no NUL, and encodable."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


def _not_found(name: str, environments: Iterable[Environment]) -> NotFound:
    near = did_you_mean(name, [environment.name for environment in environments])
    remedy = near or "'jupyter envkernels list' shows all environments."
    return NotFound(f"There is no environment {name!r}.", remedy=remedy)


def _can_write(folder: Path) -> bool:
    """Return whether the folder, or the nearest above it that exists, is writable."""
    there = nearest_existing(folder)
    return os.path.isdir(there) and os.access(there, os.W_OK | os.X_OK)
