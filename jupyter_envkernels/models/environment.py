"""Environments on disk: what discovery finds, and what an environment consists of."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from msgspec import Meta

from ..errors import Problem
from .fields import Tolerant

PackageManager = Literal["conda", "pip"]
ExportFormat = Literal["yaml", "yaml-no-builds", "yaml-from-history", "explicit", "pixi-lock", "requirements"]

RESERVED_NAMES = ("base", "root")
"""Names that conda keeps for the environment that it is itself installed in."""

ENVIRONMENT_NAME = re.compile(rf"(?!(?:{'|'.join(RESERVED_NAMES)})\Z)[A-Za-z0-9_][A-Za-z0-9._\-]{{0,99}}")
"""What an environment may be called. It becomes a folder's name, so nothing that leads out of its folder."""

EnvironmentName = Annotated[
    str,
    Meta(
        title="EnvironmentName",
        pattern=rf"^{ENVIRONMENT_NAME.pattern}\Z",
        description="Letters, digits, dot, dash and underscore; begins with a letter, a digit or an underscore. "
        "Not base or root, which are conda's own.",
    ),
]

EnvironmentId = Annotated[
    str,
    Meta(
        title="EnvironmentId",
        pattern=r"^[0-9a-f]{12}\Z",
        description="The first 12 hex digits of the sha256 of the prefix's real path.",
    ),
]

PENDING_MARK = Path("conda-meta", ".envkernels-pending")
"""A file in a prefix that a transaction has not committed yet; it holds the job's id. It is no environment yet."""

COMMITTED_MARK = Path("conda-meta", ".envkernels-committed")
"""What becomes of that file when the transaction commits: the prefix is what the job in it has made."""

UPDATE_MARK = "update"
"""A further line in a mark: the prefix was an environment before."""


def real_path(path: str | Path) -> str:
    """The path without links; as it is where a link cannot be read, such as some of another account in ``/proc``."""
    try:
        return os.path.realpath(path)
    except OSError:
        return os.fspath(path)


def environment_id(prefix: Path) -> str:
    """Return the stable id of an environment, an :data:`EnvironmentId`."""
    return hashlib.sha256(os.fsencode(real_path(prefix))).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Kernel:
    """One kernelspec of an environment.

    Attributes:
        id: the name under which Jupyter lists it, such as ``conda-env-lesson-py``.
        display_name: what launcher and kernel picker show.
        language: as kernel.json says, lower case.
        raw_name: the folder below ``share/jupyter/kernels``.
        problem: why it cannot start; None when nothing is known against it.
        spec: kernel.json as it must be run, argv[0] resolved; empty where it cannot be read.
        other_prefix: the prefix whose interpreter runs it, and which is activated for it; None where that is its own.
    """

    id: str
    display_name: str
    language: str
    raw_name: str
    problem: Problem | None = None
    spec: Mapping[str, Any] = field(default_factory=dict, repr=False)
    other_prefix: Path | None = None

    @property
    def remark(self) -> str:
        """Return what a person must know of it: why it cannot start, or whose interpreter runs it; empty for most."""
        if self.problem:
            is_untrusted = self.problem.code == "not-trusted"
            return self.problem.sentence if is_untrusted else self.problem.message
        return f"It runs the interpreter of {self.other_prefix}." if self.other_prefix else ""


@dataclass(frozen=True, slots=True)
class Environment:
    """One conda environment on disk.

    Attributes:
        id: :func:`environment_id` of the prefix.
        name: what a person calls it; not unique.
        prefix: its absolute path, as first found (links not resolved).
        kernels: its kernelspecs, ordered by id.
        is_base: it is the root of a conda, mamba or micromamba installation.
        is_running: Jupyter itself runs in it.
        read_only: this user cannot change it, or its maker has frozen it.
        is_trusted: no account that is not trusted can change it; it offers no kernel otherwise.
        problem: why it offers no kernel; None when it offers one.
    """

    id: str
    name: str
    prefix: Path
    kernels: tuple[Kernel, ...] = ()
    is_base: bool = False
    is_running: bool = False
    read_only: bool = False
    is_trusted: bool = True
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """What an environment takes on disk, in bytes.

    Attributes:
        own: what its removal frees.
        shared: files that the package cache or other environments have too, by hard links.
        charged: what counts towards a person's limit: of files that several environments share, a part in each.
        measured: when that was so, in seconds since the epoch.
    """

    own: int
    shared: int
    charged: int
    measured: float


@dataclass(frozen=True, slots=True)
class Footprint:
    """What is known of an environment from its use, such as whether it is still needed. It is no part of it.

    Attributes:
        usage: None until it has been measured.
        created: seconds since the epoch; None where it is not known, or not yet.
        last_used: when Jupyter last started a kernel of it, as far as that is known.
        activation_problems: its scripts that failed when they last ran, to activate or to leave it.
    """

    usage: Usage | None = None
    created: float | None = None
    last_used: float | None = None
    activation_problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class InstalledPackage:
    """One package of an environment. Text about its origin holds no credentials, and is empty where it is not known.

    Attributes:
        manager: whose records tell of it; a package of conda that pip has replaced is pip's.
        channel: a URL.
        subdir: the platform it is for, or noarch.
        requested: it was requested; it is no mere dependency.
        requirement: of a pip package: the line of a requirements file that installs it again.
    """

    manager: PackageManager
    name: str
    version: str
    build: str = ""
    channel: str = ""
    subdir: str = ""
    url: str = ""
    md5: str = ""
    sha256: str = ""
    requested: bool = False
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class Inventory:
    """What an environment consists of.

    Attributes:
        packages: by name, those of conda first.
        requested: match specs that were requested, as they were written; empty where no record tells.
        variables: environment variables of the environment.
    """

    packages: Tolerant[InstalledPackage] = ()
    requested: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)

    def of(self, manager: PackageManager) -> tuple[InstalledPackage, ...]:
        """The packages of one manager, by name."""
        return tuple(package for package in self.packages if package.manager == manager)

    @property
    def platform(self) -> str:
        """The platform that its conda packages are for, such as ``linux-64``; empty where all are for any."""
        subdirs = (package.subdir for package in self.packages)
        return next((subdir for subdir in subdirs if subdir not in {"", "noarch"}), "")


@dataclass(frozen=True, slots=True)
class Revision:
    """One entry of an environment's history, as conda counts and reads them. Texts hold no credentials.

    Packages are written ``channel/subdir::name-version-build``; old entries leave out the channel.

    Attributes:
        number: from 0, as ``conda list --revisions`` shows it.
        time: seconds since the epoch; None where the entry does not tell.
        command: what was run; empty where the entry does not tell.
        added: packages that the revision before did not have, sorted.
        removed: packages that only the revision before had, sorted.
        specs: match specs that were asked for.
        packages: all conda packages at that revision; none where the entry names none, as conda takes it.
        remove_specs: match specs of what was to go.
        neutered_specs: match specs of earlier requests that had to be loosened.
    """

    number: int
    time: float | None
    command: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    specs: tuple[str, ...]
    packages: frozenset[str]
    remove_specs: tuple[str, ...] = ()
    neutered_specs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunningKernel:
    """A process that runs as a kernel: its number, and its command as a shell would take it, without credentials."""

    pid: int
    command: str


@dataclass(frozen=True, slots=True)
class CatalogOptions:
    """Where to look for environments and how to show them; see ``c.EnvKernels`` for each.

    Attributes:
        roots: folders whose children are environments; new ones go into the first.
        shared_roots: the same, changed by their administrators only.
        homes: home folders of other accounts, whose ``.conda/environments.txt`` is read as well.
        contents_root: the folder that Jupyter serves; pixi environments below it are found.
        hidden_environments: regular expression on name or prefix; empty hides nothing.
        display_name: template with the fields name, kernel, language, location.
        trusted_owners, trusted_groups: names or ids of accounts and groups whose environments may be used.
    """

    roots: tuple[Path, ...] = ()
    shared_roots: tuple[Path, ...] = ()
    homes: tuple[Path, ...] = ()
    contents_root: Path | None = None
    hidden_environments: str = ""
    hide_base: bool = False
    display_name: str = ""
    trusted_owners: tuple[str, ...] = ()
    trusted_groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exported:
    """An environment as the text of a file.

    Attributes:
        text: of the file.
        left_out: names of packages that the format cannot hold.
    """

    text: str
    left_out: tuple[str, ...] = ()
