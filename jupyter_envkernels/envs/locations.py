"""List the locations of environments in order of precedence, with the setting that names each."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..models import CatalogOptions, LocationKind
from .conda_config.condarc import Settings
from .conda_roots import home_of, usual_roots
from .trust_sources import administers


@dataclass(frozen=True, slots=True)
class Location:
    """One location.

    Attributes:
        path: absolute.
        kind: a folder of environments, one prefix, a file with one prefix a line, or a folder of pixi projects.
        origin: the setting or rule that names it.
        is_shared: whether only its administrators may change its environments.
        is_administered: whether this user is one of them.
        is_root: whether the prefix is the root of an installation.
    """

    path: str
    kind: LocationKind
    origin: str
    is_shared: bool = False
    is_administered: bool = False
    is_root: bool = False


def locations(options: CatalogOptions, settings: Settings, environ: Mapping[str, str]) -> tuple[Location, ...]:
    """Return all locations: those of the administrator, of conda's configuration, the usual ones, and lists."""
    found: dict[tuple[str, LocationKind], Location] = {}
    for location in _all(options, settings, environ):
        found.setdefault((location.path, location.kind), location)
    return tuple(found.values())


def _all(options: CatalogOptions, settings: Settings, environ: Mapping[str, str]) -> Iterator[Location]:
    home = home_of(environ)
    for root in options.roots:
        yield Location(_absolute(root), "folder", "c.EnvKernels.roots")
    for root in options.shared_roots:
        path = _absolute(root)
        mine = administers(path, options.trusted_groups)
        yield Location(path, "folder", "c.EnvKernels.shared_roots", is_shared=True, is_administered=mine)
    for folder in settings.configured_envs_dirs:
        yield Location(str(folder), "folder", "conda's envs_dirs")
    yield from _installations(settings, environ)
    yield Location(str(home / ".conda/envs"), "folder", "conda's folder in the home folder")
    for user in (home, *options.homes):
        yield Location(_absolute(user / ".conda/environments.txt"), "list", "conda's list of environments")
    if options.contents_root:
        yield Location(_absolute(options.contents_root), "projects", "pixi projects in Jupyter's folder")


def _installations(settings: Settings, environ: Mapping[str, str]) -> Iterator[Location]:
    """Yield root prefixes with their environments, and the prefixes that are in use."""
    if settings.root_prefix:
        yield from _installation(settings.root_prefix, "the conda installation")
    if environ.get("MAMBA_ROOT_PREFIX"):
        yield from _installation(Path(environ["MAMBA_ROOT_PREFIX"]), "MAMBA_ROOT_PREFIX")
    yield Location(sys.prefix, "prefix", "the prefix that runs Jupyter")
    if environ.get("CONDA_PREFIX"):
        yield Location(_absolute(Path(environ["CONDA_PREFIX"])), "prefix", "CONDA_PREFIX")
    for root in usual_roots(environ):
        yield from _installation(root, "a default location of installers")


def _installation(root: Path, origin: str) -> Iterator[Location]:
    path = _absolute(root)
    yield Location(path, "prefix", origin, is_root=True)
    yield Location(f"{path}/envs", "folder", origin)


def _absolute(path: Path) -> str:
    return os.path.abspath(path.expanduser())


def home_of_plain_names(options: CatalogOptions, settings: Settings, environ: Mapping[str, str]) -> str:
    """Return the one folder whose environments have ids without a hash.

    It is the first configured one of: the first root of the administrator, the first folder of conda's ``envs_dirs``,
    ``envs`` of the installation, ``~/.conda/envs``. It does not depend on their contents.
    """
    candidates = (
        *options.roots,
        *settings.configured_envs_dirs,
        *([settings.root_prefix / "envs"] if settings.root_prefix else []),
        home_of(environ) / ".conda/envs",
    )
    return os.path.realpath(candidates[0].expanduser())


def nearest_existing(path: Path) -> Path:
    """Return the path, or the nearest folder above it that exists and is visible to this user."""
    return next(there for there in (path, *path.parents) if os.path.exists(there))
