"""Define the configuration ``c.EnvKernels``; its help texts are the administrator's manual, docs/settings.md.

Server and command line read it alike. No other module uses traits: they get the frozen dataclasses made here.
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_core.paths import jupyter_config_path, jupyter_data_dir
from platformdirs import user_cache_dir
from traitlets import Bool, Bunch, Callable, Enum, HasTraits, Instance, Int, List, TraitError, Unicode, Union, validate
from traitlets.config import Config, Configurable
from traitlets.config.loader import ConfigFileNotFound, JSONFileConfigLoader, PyFileConfigLoader

from .envs.conda_config.condarc import Settings
from .envs.policy_file import limits_in_force
from .errors import InvalidRequest, PolicyUnusable
from .kernels.nb_conda_kernels import FormerSettings, read_former
from .models import CatalogOptions, EngineOptions, Limits, least, parse_age

if TYPE_CHECKING:
    from .jobs.manager import ManagerOptions


class EnvKernelsTraits(HasTraits):
    """The settings of the server extension, mixed into its application class."""

    roots: Any = List(
        Unicode(),
        help="Folders of environments; new ones are created in the first. Default: conda's envs_dirs, or ~/.conda/envs "
        "if conda is not configured.",
    ).tag(config=True)
    shared_roots: Any = List(
        Unicode(),
        help="Folders of environments that users may use and clone, but only root, the owner of the folder and the "
        "members of trusted_groups may change and remove. Default: none.",
    ).tag(config=True)
    homes: Any = List(
        Unicode(),
        help="Home folders of other accounts whose ~/.conda/environments.txt is read as well. Default: none.",
    ).tag(config=True)
    trusted_owners: Any = List(
        Unicode(),
        help="Accounts, by name or number, whose environments may be used even outside of the user's home and "
        "configured folders. Default: only root.",
    ).tag(config=True)
    trusted_groups: Any = List(
        Unicode(),
        help="Groups, by name or number, that may write environments of others: their members are trusted as owners of "
        "environments, and administer shared_roots. Default: none.",
    ).tag(config=True)
    default_channels: Any = List(
        Unicode(),
        help="Channels for specs that name none, highest priority first. Default: conda's own configuration, or "
        "conda-forge if there is none.",
    ).tag(config=True)
    default_kernel_packages: Any = List(
        Unicode(),
        default_value=["ipykernel"],
        help="Packages to add to a new environment that has python but no kernel. Default: ipykernel.",
    ).tag(config=True)
    pip_installer: Any = Enum(
        ["uv", "pip"],
        default_value="uv",
        help="Installer of the pip section of a spec: 'uv', which is several times as fast and uses pip's "
        "configuration, or 'pip', the one of the environment. Default: uv.",
    ).tag(config=True)
    package_cache: Any = Unicode(
        help="Folder for downloaded packages and channel indexes. Environments are hard-linked to it, so it should be "
        "on their file system. Accounts that are not trusted must not be able to write there. Default: "
        "jupyter-envkernels in $XDG_CACHE_HOME, or in ~/.cache if that is not set.",
    ).tag(config=True)
    journal_dir: Any = Unicode(
        help="Folder for the journals of jobs, on persistent storage. Default: envkernels/jobs in Jupyter's data "
        "folder.",
    ).tag(config=True)
    templates_dirs: Any = List(
        Unicode(),
        help="Folders with specs (*.yml, *.yaml, *.txt, *.lock) that are offered as templates. The comment lines at "
        "the top of a file are its title and its description. Default: none.",
    ).tag(config=True)
    max_concurrent_jobs: Any = Int(2, min=1, help="Jobs of one user that run at the same time. Default: 2.").tag(
        config=True
    )
    max_queued_jobs: Any = Int(20, min=0, help="Jobs that may wait in the queue. Default: 20.").tag(config=True)
    job_timeout: Any = Int(
        43_200,
        min=0,
        help="Timeout of a running job in seconds; a job that exceeds it is stopped and rolled back. 0: no limit. "
        "Default: 43200, twelve hours, enough for long pip builds.",
    ).tag(config=True)
    keep_jobs: Any = Int(
        200,
        min=1,
        help="Number of ended jobs that are kept, with journal and log. Older ones are deleted, but not if they ended "
        "within the last hour, or within the last day and can be run again. Default: 200.",
    ).tag(config=True)
    allowed_channels: Any = List(
        Unicode(), help="Names or URLs of the only channels that may be used. Default: none, all are allowed."
    ).tag(config=True)
    denied_packages: Any = List(
        Unicode(),
        help="Names of conda and pip packages that environments may not have; * matches any text. Default: none.",
    ).tag(config=True)
    denied_variables: Any = List(
        Unicode(),
        help="Names of environment variables of the server that specs may not use, in a channel or a pip line; * "
        "matches any text. Those that begin with JUPYTER or JPY are always refused. Default: none.",
    ).tag(config=True)
    allow_pip: Any = Bool(default_value=True, help="Whether specs may have a pip section. Default: True.").tag(
        config=True
    )
    pip_indexes: Any = List(
        Unicode(),
        help="URLs of package indexes, or paths of folders with wheels; pip may install only from these, and from URLs "
        "below them. Files and projects in the user's own folders are always allowed. Default: none, all are allowed.",
    ).tag(config=True)
    max_environments: Any = Int(
        0,
        min=0,
        help="Environments that one user may have, in any folder. Base environments, shared ones and those of other "
        "users do not count. Default: 0, no limit.",
    ).tag(config=True)
    max_total_bytes: Any = Int(
        0,
        min=0,
        help="Bytes that all environments of one user may take on disk. Files that several of them share count once. "
        "Default: 0, no limit.",
    ).tag(config=True)
    max_packages: Any = Int(0, min=0, help="Conda packages that one environment may have. Default: 0, no limit.").tag(
        config=True
    )
    max_environment_bytes: Any = Int(
        0,
        min=0,
        help="Bytes that one environment may take on disk, estimated by the sizes of its packages, and checked when "
        "they are unpacked. pip packages do not count. Default: 0, no limit.",
    ).tag(config=True)
    min_free_bytes: Any = Int(
        0, min=0, help="Bytes that must stay free on the disk of a new or changed environment. Default: 0."
    ).tag(config=True)
    min_package_age: Any = Unicode(
        help="Age that the packages of channels and lock files must have, such as 7d or 12h: newer ones are not "
        "installed. Packages without a time are. Default: none, packages of any age are installed.",
    ).tag(config=True)
    max_machine_jobs: Any = Int(
        0,
        min=0,
        help="Jobs of all users that run at the same time on this machine, and as many plans; needs machine_jobs_dir. "
        "Default: 0, no limit.",
    ).tag(config=True)
    machine_jobs_dir: Any = Unicode(
        help="Folder in which the servers of all users count their jobs for max_machine_jobs, on a local disk, owned "
        "by root and with mode 1777. Default: none; then only the limits for each user apply.",
    ).tag(config=True)
    hidden_environments: Any = Unicode(
        help="Regular expression; environments are hidden if their name or prefix matches. Default: none."
    ).tag(config=True)
    hide_base: Any = Bool(
        default_value=False,
        help="Hide the base environments of conda installations. Default: False.",
    ).tag(config=True)
    display_name: Any = Unicode(
        help="Template for the names of kernels, with the fields {name}, {kernel}, {language} and {location}, or those "
        "of nb_conda_kernels: {environment}, {display_name}, {conda_kernel}, {kernel_name} for its {kernel}. Default: "
        "'{name} ({kernel})', with the location if several environments have the same name.",
    ).tag(config=True)

    sync_kernelspecs: Any = Bool(
        default_value=False,
        help="Keep kernelspecs of all environments in each user's Jupyter data folder up to date, for programs that "
        "only read files, as after 'jupyter envkernels sync'. Default: only for users who have called 'sync'.",
    ).tag(config=True)
    audit_handlers: Any = Union(
        [List(Instance(logging.Handler)), Callable()],
        default_value=[],
        help="Handlers of Python's logging that get each event of each job and each refused request; or a function "
        "that returns them, which only servers call. Default: none.",
    ).tag(config=True)

    def _load_config(self, cfg: Config, *args: Any, **kwargs: Any) -> None:
        """Load the configuration. Handlers are wrapped in a function, because traitlets would try to copy them."""
        section = cfg.get("EnvKernels", {})
        handlers = section.get("audit_handlers")
        if isinstance(handlers, list):
            section["audit_handlers"] = lambda: handlers
        super()._load_config(cfg, *args, **kwargs)  # type: ignore[misc] # of the other base class

    @validate("min_package_age")
    def _valid_age(self, proposal: Bunch) -> str:
        text: str = proposal.value
        try:
            parse_age(text or "0")
        except ValueError as error:
            raise TraitError(f"min_package_age must be an age such as 7d, 12h or 1w, not {text!r}.") from error
        return text

    def audit_logging(self) -> tuple[logging.Handler, ...]:
        """Return the handlers of the audit trail.

        Raises:
            InvalidRequest: the setting is invalid.
        """
        configured = self.audit_handlers
        handlers = configured() if callable(configured) else configured
        if not isinstance(handlers, list) or not all(isinstance(handler, logging.Handler) for handler in handlers):
            raise InvalidRequest(
                "c.EnvKernels.audit_handlers is not a list of logging handlers.", remedy="Correct the setting."
            )
        return tuple(handlers)

    def template_folders(self) -> tuple[Path, ...]:
        """Return the folders with the administrator's templates."""
        return tuple(_path(folder) for folder in self.templates_dirs)

    def former(self) -> FormerSettings:
        """Return the settings of nb_conda_kernels."""
        configurable: Any = self
        return read_former(configurable.config.get("CondaKernelSpecManager", {}))

    def catalog_options(self, contents_root: Path | None) -> CatalogOptions:
        """Return the options of the catalog."""
        former = self.former()
        return CatalogOptions(
            roots=tuple(_path(root) for root in self.roots),
            shared_roots=tuple(_path(root) for root in self.shared_roots),
            homes=tuple(_path(home) for home in self.homes),
            contents_root=contents_root,
            hidden_environments=self.hidden_environments or former.hidden_environments,
            hide_base=self.hide_base,
            display_name=self.display_name or former.display_name,
            trusted_owners=tuple(self.trusted_owners),
            trusted_groups=tuple(self.trusted_groups),
        )

    def limits(self) -> Limits:
        """Return the limits of the configuration."""
        return Limits(
            allowed_channels=tuple(self.allowed_channels),
            denied_packages=tuple(self.denied_packages),
            denied_variables=tuple(self.denied_variables),
            allow_pip=self.allow_pip,
            max_environments=self.max_environments,
            max_total_bytes=self.max_total_bytes,
            max_packages=self.max_packages,
            max_environment_bytes=self.max_environment_bytes,
            min_free_bytes=self.min_free_bytes,
            min_package_age=int(parse_age(self.min_package_age or "0").total_seconds()),
            pip_indexes=tuple(self.pip_indexes),
            max_machine_jobs=self.max_machine_jobs,
            machine_jobs_dir=str(_path(self.machine_jobs_dir)) if self.machine_jobs_dir else "",
        )

    def engine_options(self, settings: Settings, contents_root: Path | None = None) -> EngineOptions:
        """Return the options of the engine."""
        return EngineOptions(
            channels=tuple(self.default_channels) or settings.channels or ("conda-forge",),
            package_cache=_path(self.package_cache or user_cache_dir("jupyter-envkernels")),
            kernel_packages=tuple(self.default_kernel_packages),
            shared_roots=tuple(_path(root) for root in self.shared_roots),
            pip_installer=self.pip_installer,
            limits=self.limits(),
            catalog=self.catalog_options(contents_root),
            sync_kernelspecs=self.sync_kernelspecs,
        )

    def manager_options(self, settings: Settings, contents_root: Path | None = None) -> ManagerOptions:
        """Return the options of the job manager."""
        from .jobs.manager import ManagerOptions  # noqa: PLC0415 - slow to import, and not needed to list environments

        policy = Limits()
        with suppress(PolicyUnusable):  # all jobs are refused until it is corrected
            policy = limits_in_force(policy)
        return ManagerOptions(
            journal_dir=_path(self.journal_dir) if self.journal_dir else default_journal_dir(),
            engine=self.engine_options(settings, contents_root),
            max_concurrent=least(self.max_concurrent_jobs, policy.max_concurrent_jobs),
            max_queued=min(self.max_queued_jobs, policy.max_queued_jobs or self.max_queued_jobs),
            keep_jobs=self.keep_jobs,
            job_timeout=least(self.job_timeout, policy.job_timeout),
            folders=tuple(_path(root) for root in self.roots) or settings.envs_dirs,
        )


class EnvKernels(EnvKernelsTraits, Configurable):
    """The settings without a server; named after its section in the configuration files."""


def load_traits() -> EnvKernels:
    """Read the settings from the configuration files that a server would read.

    Raises:
        InvalidRequest: a file, or a value in it, is invalid.
    """
    try:
        return EnvKernels(config=_load_config())
    except Exception as error:
        raise InvalidRequest(
            f"Jupyter's configuration cannot be used: {error}", remedy="Correct the file; 'jupyter --paths' says where."
        ) from error


def config_files() -> list[Path]:
    """Return the configuration files of Jupyter that exist, lowest priority first."""
    names = ("jupyter_config", "jupyter_server_config", "jupyter_envkernels_config")
    files = (f"{name}{suffix}" for name in names for suffix in (".json", ".py"))
    paths = [Path(folder, file) for folder, file in product(reversed(jupyter_config_path()), files)]
    return [path for path in paths if os.path.isfile(path)]  # noqa: PTH113 - does not raise without access


def _load_config() -> Config:
    config = Config()
    for path in config_files():
        loader = JSONFileConfigLoader if path.suffix == ".json" else PyFileConfigLoader
        with suppress(ConfigFileNotFound):  # it has been deleted since
            config.merge(loader(path.name, str(path.parent)).load_config())
    return config


def default_journal_dir() -> Path:
    """Return the default folder for journals."""
    return Path(jupyter_data_dir(), "envkernels", "jobs")


def _path(text: str) -> Path:
    return Path(os.path.abspath(Path(text).expanduser()))  # noqa: PTH100 - it resolves ".."
