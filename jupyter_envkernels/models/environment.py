"""Define environments on disk, their kernels, packages and history."""

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
"""Names that conda reserves for the environment in which it is installed."""

ENVIRONMENT_NAME = re.compile(rf"(?!(?:{'|'.join(RESERVED_NAMES)})\Z)[A-Za-z0-9_][A-Za-z0-9._\-]{{0,99}}")
"""Valid names of environments, which become names of folders, so they must not be paths."""

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
"""A file with the job's id, in a prefix that is not committed yet, and therefore not an environment."""

COMMITTED_MARK = Path("conda-meta", ".envkernels-committed")
"""The new name of that file when the transaction commits: the prefix was made by the job in it."""

UPDATE_MARK = "update"
"""A further line in a mark: the prefix was already an environment before."""


def real_path(path: str | Path) -> str:
    """Return the path without links; unchanged if a link cannot be read, such as that of another user in /proc."""
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
        display_name: the name in the launcher and the kernel picker.
        language: from kernel.json, lower case.
        raw_name: the folder below ``share/jupyter/kernels``.
        problem: why it cannot start; None if no problem is known.
        spec: kernel.json with argv[0] resolved; empty if it cannot be read.
        other_prefix: the prefix whose interpreter runs it, and which is activated for it; None if that is its own.
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
        """Return why it cannot start, or that another interpreter runs it; empty for most kernels."""
        if self.problem:
            is_untrusted = self.problem.code == "not-trusted"
            return self.problem.sentence if is_untrusted else self.problem.message
        return f"It runs the interpreter of {self.other_prefix}." if self.other_prefix else ""


@dataclass(frozen=True, slots=True)
class Environment:
    """One conda environment on disk.

    Attributes:
        id: :func:`environment_id` of the prefix.
        name: not unique.
        prefix: its absolute path, as first found (links not resolved).
        kernels: its kernelspecs, sorted by id.
        is_base: whether it is the root of a conda, mamba or micromamba installation.
        is_running: whether Jupyter itself runs in it.
        is_shared: whether it is in a shared root, or only another account can write it.
        read_only: whether this user cannot change it, or it is frozen.
        is_trusted: whether only trusted accounts can change it; otherwise it offers no kernel.
        python: the minor version of its Python, such as ``3.12``; None without one.
        problem: why it offers no kernel; None if it offers one.
    """

    id: str
    name: str
    prefix: Path
    kernels: tuple[Kernel, ...] = ()
    is_base: bool = False
    is_running: bool = False
    is_shared: bool = False
    read_only: bool = False
    is_trusted: bool = True
    python: str | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """The disk usage of an environment in bytes.

    Attributes:
        own: freed when it is removed.
        shared: in files that the package cache or other environments share by hard links.
        charged: counts towards a user's limit: of files that several environments share, a part in each.
        measured: when it was measured, in seconds since the epoch.
    """

    own: int
    shared: int
    charged: int
    measured: float


@dataclass(frozen=True, slots=True)
class Footprint:
    """Size, age and last use of an environment, which are stored outside of it.

    Attributes:
        usage: None until it has been measured.
        created: seconds since the epoch; None if unknown, or not known yet.
        last_used: when Jupyter last started a kernel of it; None if unknown.
        activation_problems: its activation and deactivation scripts that failed when they last ran.
    """

    usage: Usage | None = None
    created: float | None = None
    last_used: float | None = None
    activation_problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class InstalledPackage:
    """One package of an environment. URLs have no credentials; unknown fields are empty.

    Attributes:
        manager: whose records list it; a conda package that pip has replaced is a pip package.
        channel: a URL.
        subdir: its platform, or noarch.
        requested: whether it was requested, and is not only a dependency.
        requirement: for a pip package, the line of a requirements file that installs it again.
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
    """The packages of an environment.

    Attributes:
        packages: by name, those of conda first.
        requested: match specs that were requested, as written; empty if not recorded.
        variables: environment variables of the environment.
    """

    packages: Tolerant[InstalledPackage] = ()
    requested: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)

    def of(self, manager: PackageManager) -> tuple[InstalledPackage, ...]:
        """Return the packages of one manager, by name."""
        return tuple(package for package in self.packages if package.manager == manager)

    @property
    def platform(self) -> str:
        """Return the platform of its conda packages, such as ``linux-64``; empty if all are noarch."""
        subdirs = (package.subdir for package in self.packages)
        return next((subdir for subdir in subdirs if subdir not in {"", "noarch"}), "")


@dataclass(frozen=True, slots=True)
class Revision:
    """One entry of an environment's history, as conda numbers and reads it, without credentials.

    Packages are written ``channel/subdir::name-version-build``; old entries omit the channel.

    Attributes:
        number: from 0, as in ``conda list --revisions``.
        time: seconds since the epoch; None if the entry has none.
        command: the command that was run; empty if the entry has none.
        added: packages that the previous revision did not have, sorted.
        removed: packages that only the previous revision had, sorted.
        specs: match specs that were requested.
        packages: all conda packages at that revision; none if the entry names none, as in conda.
        remove_specs: match specs that were removed.
        neutered_specs: match specs of earlier requests that were loosened.
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
    """A process that runs a kernel: its id, and its command as for a shell, without credentials."""

    pid: int
    command: str


@dataclass(frozen=True, slots=True)
class CatalogOptions:
    """Where to look for environments and how to show them; see ``c.EnvKernels`` for each.

    Attributes:
        roots: folders whose children are environments; new ones go into the first.
        shared_roots: the same, but only their administrators change them.
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
        left_out: names of packages that the format cannot represent.
    """

    text: str
    left_out: tuple[str, ...] = ()
