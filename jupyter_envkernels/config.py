"""The configuration ``c.EnvKernels``: its help texts are the administrator's manual.

Server and command line read it alike. Traits end here; what goes on from here are frozen dataclasses.
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_core.paths import jupyter_config_path, jupyter_data_dir
from platformdirs import user_cache_dir
from traitlets import Bool, Callable, Enum, HasTraits, Instance, Int, List, Unicode, Union
from traitlets.config import Config, Configurable
from traitlets.config.loader import ConfigFileNotFound, JSONFileConfigLoader, PyFileConfigLoader

from .envs.conda_config.condarc import Settings
from .envs.policy_file import limits_in_force
from .errors import InvalidRequest, PolicyUnusable
from .kernels.nb_conda_kernels import FormerSettings, read_former
from .models import CatalogOptions, EngineOptions, Limits, least

if TYPE_CHECKING:
    from .jobs.manager import ManagerOptions


class EnvKernelsTraits(HasTraits):
    """The settings of the server extension, mixed into its application class."""

    roots: Any = List(
        Unicode(),
        help="Folders whose children are environments; new ones go into the first. Default: conda's envs_dirs, or "
        "~/.conda/envs where conda is not configured.",
    ).tag(config=True)
    shared_roots: Any = List(
        Unicode(),
        help="Folders of environments that users may use and clone; root, the owner of the folder and the members of "
        "trusted_groups change and remove them. Default: none.",
    ).tag(config=True)
    homes: Any = List(
        Unicode(),
        help="Home folders of other accounts whose ~/.conda/environments.txt is read as well. Default: none.",
    ).tag(config=True)
    trusted_owners: Any = List(
        Unicode(),
        help="Accounts, by name or number, whose environments may be used although they lie in neither the user's home "
        "nor a configured folder. Default: none but root.",
    ).tag(config=True)
    trusted_groups: Any = List(
        Unicode(),
        help="Groups, by name or number, that may write environments of others: their members are trusted as makers of "
        "environments, and administer shared_roots. Default: none.",
    ).tag(config=True)
    default_channels: Any = List(
        Unicode(),
        help="Channels for specs that name none, highest priority first. Default: conda's own configuration, or "
        "conda-forge where there is none.",
    ).tag(config=True)
    default_kernel_packages: Any = List(
        Unicode(),
        default_value=["ipykernel"],
        help="Packages that are added to a new environment which has python but no kernel. Default: ipykernel.",
    ).tag(config=True)
    pip_installer: Any = Enum(
        ["uv", "pip"],
        default_value="uv",
        help="What installs the pip section of a spec: 'uv', which is faster by factors and is given pip's own "
        "configuration, or 'pip', the one of the environment. Default: uv.",
    ).tag(config=True)
    package_cache: Any = Unicode(
        help="Folder for downloaded packages and channel indexes. Environments are hard-linked to it, so it should be "
        "on their file system. Accounts that are not trusted must not be able to write there. Default: "
        "jupyter-envkernels in $XDG_CACHE_HOME, or in ~/.cache where that is not set.",
    ).tag(config=True)
    journal_dir: Any = Unicode(
        help="Folder for the journals of jobs. It must survive the server. Default: envkernels/jobs in Jupyter's data "
        "folder.",
    ).tag(config=True)
    templates_dirs: Any = List(
        Unicode(),
        help="Folders with specs (*.yml, *.yaml, *.txt, *.lock) that are offered to begin with. The comment lines at "
        "the top of a file are its title and its description. Default: none.",
    ).tag(config=True)
    max_concurrent_jobs: Any = Int(2, min=1, help="Jobs of one person that run at the same time. Default: 2.").tag(
        config=True
    )
    max_queued_jobs: Any = Int(20, min=0, help="Jobs that may wait for their turn. Default: 20.").tag(config=True)
    job_timeout: Any = Int(
        43_200,
        min=0,
        help="Timeout of a running job in seconds; a job that exceeds it is stopped and rolled back. 0: no limit. "
        "Default: 43200, twelve hours: a pip build may take some, and what hangs is gone the next day.",
    ).tag(config=True)
    keep_jobs: Any = Int(
        200,
        min=1,
        help="How many jobs that are over are kept, with journal and log. Older ones are deleted, but none that ended "
        "within the last hour, nor within the last day if it can be taken up again. Default: 200.",
    ).tag(config=True)
    allowed_channels: Any = List(
        Unicode(), help="Names or URLs of channels; packages come from no other one. Default: none, all may be used."
    ).tag(config=True)
    denied_packages: Any = List(
        Unicode(),
        help="Names of packages, of conda and of pip, that no environment may have; * stands for any text. Default: "
        "none.",
    ).tag(config=True)
    denied_variables: Any = List(
        Unicode(),
        help="Names of environment variables of the server that no spec may use, in a channel or a line of pip; * "
        "stands for any text. Those that begin with JUPYTER or JPY are always refused. Default: none.",
    ).tag(config=True)
    allow_pip: Any = Bool(default_value=True, help="Specs may have a section of pip packages. Default: they may.").tag(
        config=True
    )
    pip_indexes: Any = List(
        Unicode(),
        help="URLs of package indexes, or paths of folders with wheels; pip installs from no other place, nor from "
        "URLs that are not below one of them. Files and projects in the user's own folders are no index. Default: "
        "none, all may be used.",
    ).tag(config=True)
    max_environments: Any = Int(
        0,
        min=0,
        help="Environments that one person may have, wherever they are: those of conda's installations, shared ones "
        "and those of other people do not count. Default: 0, no limit.",
    ).tag(config=True)
    max_total_bytes: Any = Int(
        0,
        min=0,
        help="Bytes that all environments of one person may take on disk together. Files that several of them share "
        "count once. Default: 0, no limit.",
    ).tag(config=True)
    max_packages: Any = Int(
        0, min=0, help="Packages of conda that one environment may have. Default: 0, no limit."
    ).tag(config=True)
    max_environment_bytes: Any = Int(
        0,
        min=0,
        help="Bytes that one environment may take on disk: as estimated by the sizes of its packages, and as they are "
        "unpacked. Those of pip do not count. Default: 0, no limit.",
    ).tag(config=True)
    min_free_bytes: Any = Int(
        0, min=0, help="Bytes that have to stay free on the disk of a new or changed environment. Default: 0."
    ).tag(config=True)
    max_machine_jobs: Any = Int(
        0,
        min=0,
        help="Jobs, and as many plans, that run at the same time on this machine, those of all people together; it "
        "needs machine_jobs_dir. Default: 0, no limit.",
    ).tag(config=True)
    machine_jobs_dir: Any = Unicode(
        help="Folder by which the servers of several people count their jobs for max_machine_jobs, on a local disk: it "
        "belongs to root and has the mode 1777. Default: none; then each person has limits of their own only.",
    ).tag(config=True)
    hidden_environments: Any = Unicode(
        help="Regular expression; environments whose name or prefix it matches are not shown. Default: none."
    ).tag(config=True)
    hide_base: Any = Bool(
        default_value=False,
        help="Do not show the base environments of conda installations. Default: they are shown.",
    ).tag(config=True)
    display_name: Any = Unicode(
        help="Template for the names of kernels, with the fields {name}, {kernel}, {language} and {location}, or those "
        "of nb_conda_kernels: {environment}, {display_name}, {conda_kernel}, {kernel_name} for its {kernel}. Default: "
        "'{name} ({kernel})', with the location where two environments have one name.",
    ).tag(config=True)

    sync_kernelspecs: Any = Bool(
        default_value=False,
        help="Keep kernelspecs of all environments in Jupyter's data folder of each user, for programs that only read "
        "files, as 'jupyter envkernels sync' writes them. Server and command line keep them true. Default: only where "
        "'sync' was called.",
    ).tag(config=True)
    audit_handlers: Any = Union(
        [List(Instance(logging.Handler)), Callable()],
        default_value=[],
        help="Handlers of Python's logging that the server tells each event of each job, and each request that is "
        "refused; or a function that returns them, which only servers call. Default: none.",
    ).tag(config=True)

    def _load_config(self, cfg: Config, *args: Any, **kwargs: Any) -> None:
        """Load the configuration. Handlers are wrapped into a function, as traitlets would copy them and cannot."""
        section = cfg.get("EnvKernels", {})
        handlers = section.get("audit_handlers")
        if isinstance(handlers, list):
            section["audit_handlers"] = lambda: handlers
        super()._load_config(cfg, *args, **kwargs)  # type: ignore[misc] # of the other base class

    def audit_logging(self) -> tuple[logging.Handler, ...]:
        """Return the handlers of the audit trail.

        Raises:
            InvalidRequest: something else is configured.
        """
        configured = self.audit_handlers
        handlers = configured() if callable(configured) else configured
        if not isinstance(handlers, list) or not all(isinstance(handler, logging.Handler) for handler in handlers):
            raise InvalidRequest(
                "c.EnvKernels.audit_handlers does not give a list of logging handlers.", remedy="Correct the setting."
            )
        return tuple(handlers)

    def template_folders(self) -> tuple[Path, ...]:
        """Return where the specs are that the administrator offers."""
        return tuple(_path(folder) for folder in self.templates_dirs)

    def former(self) -> FormerSettings:
        """Return what is configured for nb_conda_kernels."""
        configurable: Any = self
        return read_former(configurable.config.get("CondaKernelSpecManager", {}))

    def catalog_options(self, contents_root: Path | None) -> CatalogOptions:
        """Return what the catalog needs to know."""
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
        """Return what the administrator allows."""
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
            pip_indexes=tuple(self.pip_indexes),
            max_machine_jobs=self.max_machine_jobs,
            machine_jobs_dir=str(_path(self.machine_jobs_dir)) if self.machine_jobs_dir else "",
        )

    def engine_options(self, settings: Settings, contents_root: Path | None = None) -> EngineOptions:
        """Return what the engine needs to know."""
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
        """Return what the job manager needs to know."""
        from .jobs.manager import ManagerOptions  # noqa: PLC0415 - who only lists does not wait for the engine

        policy = Limits()
        with suppress(PolicyUnusable):  # which refuses all jobs, as long as it is so
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
    """The settings without a server; named for its section in the configuration files."""


def load_traits() -> EnvKernels:
    """Read the settings from the configuration files that a server would read.

    Raises:
        InvalidRequest: a file, or a value in it, is wrong.
    """
    try:
        return EnvKernels(config=_load_config())
    except Exception as error:
        raise InvalidRequest(
            f"Jupyter's configuration cannot be used: {error}", remedy="Correct the file; 'jupyter --paths' says where."
        ) from error


def _load_config() -> Config:
    config = Config()
    for folder in reversed(jupyter_config_path()):
        for name in ("jupyter_config", "jupyter_server_config", "jupyter_envkernels_config"):
            for loader in (JSONFileConfigLoader(f"{name}.json", folder), PyFileConfigLoader(f"{name}.py", folder)):
                with suppress(ConfigFileNotFound):
                    config.merge(loader.load_config())
    return config


def default_journal_dir() -> Path:
    """Return where jobs are kept unless configured."""
    return Path(jupyter_data_dir(), "envkernels", "jobs")


def _path(text: str) -> Path:
    return Path(os.path.abspath(Path(text).expanduser()))  # noqa: PTH100 - it takes the ".." out
