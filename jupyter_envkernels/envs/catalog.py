"""The environments that there are now: cached by mtime, so that asking again is cheap and the answer is never old."""

from __future__ import annotations

import dataclasses
import difflib
import os
import re
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import Ambiguous, Forbidden, InvalidRequest, NotFound
from ..models import CatalogOptions, Environment, Kernel, environment_id
from . import naming
from .condarc import Settings, load_settings
from .discovery import Discovery, Found, Stamp
from .installations import home_of
from .locations import Location, home_of_plain_names, locations
from .naming import Naming
from .prefixes import Contents, NotAnEnvironment, read_prefix

Listener = Callable[[], None]


@dataclass(frozen=True, slots=True)
class _Entry:
    found: Found
    contents: Contents
    environment: Environment


class Catalog:
    """The environments that a user of this machine has.

    Reading is thread-safe. Nothing is read before it is asked for.

    Args:
        options: where to look and how to show.
        environ: the variables that conda's configuration and the locations depend on; read anew each time.
    """

    def __init__(self, options: CatalogOptions, environ: Mapping[str, str] = os.environ) -> None:
        self._options = options
        self._environ = environ
        self._template = naming.check_template(options.display_name)
        self._hidden = _pattern(options.hidden_environments)
        self._lock = threading.RLock()
        self._discovery = Discovery()
        self._entries: dict[str, _Entry] = {}
        self._environments: tuple[Environment, ...] = ()
        self._kernels: dict[str, tuple[Environment, Kernel]] = {}
        self._listeners: list[Listener] = []

    @property
    def options(self) -> CatalogOptions:
        """As given."""
        return self._options

    def settings(self) -> Settings:
        """The configuration of conda as it stands."""
        return load_settings(self._environ)

    def locations(self) -> tuple[Location, ...]:
        """Where environments are looked for, in order of precedence."""
        return locations(self._options, self.settings(), self._environ)

    def environments(self) -> tuple[Environment, ...]:
        """All environments, ordered by name, then prefix. Only what changed since the last call is read again."""
        with self._lock:
            before = self._environments
            self._refresh()
            after = self._environments
        if before != after:
            self._announce()
        return after

    def find(self, ref: str) -> Environment:
        """The environment with that id, prefix or name.

        Raises:
            NotFound: there is none.
            Ambiguous: several have that name.
        """
        environments = self.environments()
        by_id = [environment for environment in environments if environment.id == ref]
        if by_id:
            return by_id[0]
        if os.sep in ref:
            return self._at_prefix(Path(ref).expanduser(), environments)
        named = [environment for environment in environments if environment.name == ref]
        if len(named) > 1:
            candidates = [str(environment.prefix) for environment in named]
            raise Ambiguous(
                f"Several environments are called {ref!r}: {', '.join(candidates)}.",
                remedy="Give the prefix or the id instead.",
                details={"candidates": candidates},
            )
        if not named:
            raise NotFound(f"There is no environment {ref!r}.", remedy=_suggest(ref, environments))
        return named[0]

    def kernel(self, kernel_id: str) -> tuple[Environment, Kernel] | None:
        """The kernel with that id and its environment. Only that environment is looked at, when it is known already."""
        with self._lock:
            found = self._kernels.get(kernel_id)
            if found and _is_current(self._entries[found[0].id].contents):
                return found
        self.environments()
        return self._kernels.get(kernel_id)

    def new_prefix(self, name: str, root: Path | None = None) -> Path:
        """Where a new environment of that name goes.

        Args:
            name: of the new environment.
            root: the folder for it; by default the first that this user may write to of the configured roots, or else
                of conda's ``envs_dirs``.

        Raises:
            InvalidRequest: the name is no folder name.
            Forbidden: no such folder can be written to.
        """
        if not name or name in (".", "..") or os.sep in name or "\0" in name:
            raise InvalidRequest(f"{name!r} cannot be the name of an environment.", remedy="Use letters and digits.")
        folders = (root,) if root else self._options.roots or self.settings().envs_dirs
        for folder in folders:
            if _can_write(folder.expanduser()):
                return Path(os.path.abspath(folder.expanduser())) / name
        raise Forbidden(
            f"No environment can be created: {', '.join(map(str, folders))} cannot be written to.",
            remedy="Name another folder, or ask the administrator to set c.EnvKernels.roots.",
        )

    def invalidate(self) -> None:
        """Forget what was read, and tell the subscribers that something changed."""
        with self._lock:
            self._discovery = Discovery()
            self._entries.clear()
        self._announce()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Have a function called, in whichever thread notices it, when the environments may have changed.

        Returns:
            A function that ends it.
        """
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _announce(self) -> None:
        for listener in tuple(self._listeners):
            listener()

    def _at_prefix(self, prefix: Path, environments: Iterable[Environment]) -> Environment:
        wanted = environment_id(prefix)
        for environment in environments:
            if environment.id == wanted:
                return environment
        raise NotFound(f"There is no environment at {prefix}.", remedy="'jupyter envkernels doctor PREFIX' says why.")

    def _refresh(self) -> None:
        settings = self.settings()
        places = locations(self._options, settings, self._environ)
        base = os.path.realpath(settings.root_prefix) if settings.root_prefix else ""
        builder = _Builder(
            Naming(home_of_plain_names(self._options, settings, self._environ), base),
            self._template,
            str(home_of(self._environ)),
        )
        known = {entry.found.real: entry for entry in self._entries.values()}
        entries: dict[str, _Entry] = {}
        for found in self._discovery.find(places):
            entry = known.get(found.real)
            if entry is None or entry.found != found or not _is_current(entry.contents):
                entry = builder.entry(found)
            if entry is not None:
                entries[entry.environment.id] = entry
        if entries == self._entries and self._environments:
            return
        self._entries = entries
        shown = [entry.environment for entry in entries.values() if not self._is_hidden(entry.environment)]
        self._environments = builder.finish(shown)
        self._kernels = {
            kernel.id: (environment, kernel) for environment in self._environments for kernel in environment.kernels
        }

    def _is_hidden(self, environment: Environment) -> bool:
        if environment.is_base and self._options.hide_base:
            return True
        texts = (environment.name, str(environment.prefix))
        return self._hidden is not None and any(self._hidden.search(text) for text in texts)


def _is_current(contents: Contents) -> bool:
    for path, stamp in contents.checks:
        try:
            status = os.stat(path)
        except OSError:
            return False
        if (status.st_mtime_ns, status.st_ino) != stamp:
            return False
    return bool(contents.checks)


@dataclass(frozen=True, slots=True)
class _Builder:
    """Makes Environments out of what was found."""

    naming: Naming
    template: str
    home: str

    def entry(self, found: Found) -> _Entry | None:
        try:
            contents = read_prefix(found.path)
        except NotAnEnvironment as absence:
            if not found.is_listed or absence.problem.code in ("pending", "not-an-environment"):
                return None
            contents = Contents(problem=absence.problem)
        return _Entry(found, contents, self._environment(found, contents))

    def _environment(self, found: Found, contents: Contents) -> Environment:
        is_designated = found.identity == self.naming.base
        name = "base" if is_designated else os.path.basename(found.path)
        kernels = self._kernels(found, contents, name)
        problems = [kernel.problem for kernel in kernels]
        return Environment(
            id=environment_id(Path(found.real)),
            name=name,
            prefix=Path(found.path),
            kernels=kernels,
            is_base=is_designated or contents.has_condabin or found.location.is_root,
            is_running=found.real == os.path.realpath(sys.prefix),
            read_only=found.location.is_shared or not contents.is_writable,
            problem=contents.problem or (problems[0] if problems and all(problems) else None),
        )

    def _kernels(self, found: Found, contents: Contents, name: str) -> tuple[Kernel, ...]:
        slug = self.naming.slug(found.identity)
        suffixes = naming.kernel_suffixes(raw.name for raw in contents.kernels)
        location = naming.short_location(found.path, self.home)
        kernels = []
        for raw in contents.kernels:
            spec = raw.spec or {}
            display = naming.short_kernel_name(spec.get("display_name") or raw.name)
            language = spec.get("language", "").lower()
            kernels.append(
                Kernel(
                    id=f"conda-{slug}-{suffixes[raw.name]}",
                    display_name=self.template.format(name=name, kernel=display, language=language, location=location),
                    language=language,
                    raw_name=raw.name,
                    resource_dir=Path(raw.folder),
                    problem=raw.problem,
                    spec=spec,
                    resources=raw.resources,
                )
            )
        return tuple(sorted(kernels, key=lambda kernel: kernel.id))

    def finish(self, environments: Iterable[Environment]) -> tuple[Environment, ...]:
        """In order, and with display names that tell the kernels apart."""
        ordered = sorted(environments, key=lambda environment: (environment.name.lower(), str(environment.prefix)))
        shown = [(environment, kernel) for environment in ordered for kernel in environment.kernels]
        names = naming.tell_apart(
            [kernel.display_name for _, kernel in shown],
            [naming.short_location(str(environment.prefix), self.home) for environment, _ in shown],
        )
        changed = {
            kernel.id: dataclasses.replace(kernel, display_name=name)
            for (_, kernel), name in zip(shown, names, strict=True)
            if kernel.display_name != name
        }
        if not changed:
            return tuple(ordered)
        return tuple(
            dataclasses.replace(
                environment, kernels=tuple(changed.get(kernel.id, kernel) for kernel in environment.kernels)
            )
            for environment in ordered
        )


def _pattern(text: str) -> re.Pattern[str] | None:
    try:
        return re.compile(text) if text else None
    except re.error as error:
        raise InvalidRequest(
            f"c.EnvKernels.hidden_environments is no regular expression: {error}.", remedy="Correct the expression."
        ) from error


def _suggest(name: str, environments: Iterable[Environment]) -> str:
    near = difflib.get_close_matches(name, [environment.name for environment in environments], n=3)
    return f"Did you mean {' or '.join(near)}?" if near else "'jupyter envkernels list' shows those that there are."


def _can_write(folder: Path) -> bool:
    """The folder, or the nearest above it that exists, can be written to."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)
