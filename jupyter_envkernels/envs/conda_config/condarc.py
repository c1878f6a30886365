"""Read the configuration of conda as conda does: all files of its search path and the ``CONDA_*`` variables."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ...models import CUTOFF_FORMS, ChannelPriority, Cutoff, Problem, parse_cutoff
from ...specs import expand_variables, without_credentials
from ..administrators import why_not_administrators
from ..conda_roots import designated_root, home_of
from ..fingerprints import stamp_of
from .channels import ChannelNames
from .sources import (
    SYSTEM_FOLDERS,
    CondarcSource,
    ConfigEntry,
    Plain,
    environment_source,
    files_in,
    merge,
    read_source,
    search_path,
)

DEFAULT_CHANNELS = ("https://repo.anaconda.com/pkgs/main", "https://repo.anaconda.com/pkgs/r")
DEFAULT_CHANNEL_ALIAS = "https://conda.anaconda.org"

_ALIASES = {
    "channel": "channels",
    "envs_path": "envs_dirs",
    "verify_ssl": "ssl_verify",
    "client_cert": "client_ssl_cert",
    "root_dir": "root_prefix",
    "whitelist_channels": "allowlist_channels",
    "add_binstar_token": "add_anaconda_token",
    "cooldown": "exclude_newer",
    "cooldown_exclude": "exclude_newer_package",
}
_LISTS = {
    "channels": ",",
    "default_channels": ",",
    "envs_dirs": os.pathsep,
    "allowlist_channels": ",",
    "denylist_channels": ",",
    "pinned_packages": "&",
    "create_default_packages": ",",
    "channel_settings": ",",
}
_MATCH_SPECS = ("pinned_packages", "create_default_packages")
_MAPS = ("custom_channels", "custom_multichannels", "mirrored_channels", "proxy_servers", "exclude_newer_package")
_TRUE = ("true", "yes", "on", "1", "y", "t")
_FALSE = ("false", "no", "off", "0", "n", "f")


@dataclass(frozen=True, slots=True)
class Settings:
    """The merged configuration of conda. Names and meanings are those of conda's documentation.

    Attributes:
        root_prefix: of the installation that variables or files name; None if none does.
        channels: names or URLs, highest priority first; empty if no channel is configured.
        envs_dirs: folders of environments in conda's order: the configured ones, then those of the installation and of
            the user.
        configured_envs_dirs: those of ``envs_dirs`` that a file or a variable names.
        mirrored_channels: name of a channel -> URLs of its mirrors; read by mamba, not by conda.
        channel_settings: maps with a ``channel`` and the settings for it, such as ``auth``.
        exclude_newer: packages that are newer are left out, by conda's documentation, "Exclude newer packages".
        exclude_newer_channels: channels, as ``channel_settings`` name them, with cut-offs of their own; None for none.
            Of several that match, the last counts.
        exclude_newer_package: the same for names of packages, whatever their channel.
        ssl_verify: True, False, ``truststore``, or the path of a certificate bundle.
        origins: (parameter with match specs, match spec) -> the file and line that sets it.
        files: the configuration files that were read, lowest priority first.
        problems: why a file or a value was ignored.
    """

    root_prefix: Path | None = None
    channels: tuple[str, ...] = ()
    default_channels: tuple[str, ...] = DEFAULT_CHANNELS
    channel_alias: str = DEFAULT_CHANNEL_ALIAS
    channel_priority: ChannelPriority = "flexible"
    custom_channels: Mapping[str, str] = field(default_factory=dict)
    custom_multichannels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    mirrored_channels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    channel_settings: tuple[Mapping[str, str], ...] = ()
    add_anaconda_token: bool = True
    allowlist_channels: tuple[str, ...] = ()
    denylist_channels: tuple[str, ...] = ()
    pinned_packages: tuple[str, ...] = ()
    create_default_packages: tuple[str, ...] = ()
    envs_dirs: tuple[Path, ...] = ()
    configured_envs_dirs: tuple[Path, ...] = ()
    path_conflict: str = "clobber"
    exclude_newer: Cutoff | None = None
    exclude_newer_channels: tuple[tuple[str, Cutoff | None], ...] = ()
    exclude_newer_package: Mapping[str, Cutoff | None] = field(default_factory=dict)
    offline: bool = False
    ssl_verify: bool | str = True
    client_ssl_cert: str | None = None
    proxy_servers: Mapping[str, str] = field(default_factory=dict)
    remote_read_timeout_secs: float = 60.0
    remote_max_retries: int = 3
    register_envs: bool = True
    changeps1: bool = True
    env_prompt: str = "({default_env}) "
    envvars_force_uppercase: bool = True
    origins: Mapping[tuple[str, str], str] = field(default_factory=dict)
    files: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()

    def channel_urls(self, channels: Iterable[str]) -> tuple[str, ...]:
        """Return the URLs of channels given by name, URL or path, highest priority first; ``nodefaults`` has none."""
        multi = {"defaults": self.default_channels, **self.custom_multichannels, "local": self._local_channels()}
        return ChannelNames(self.channel_alias, self.custom_channels, multi).urls(channels)

    def _local_channels(self) -> tuple[str, ...]:
        parents = [*([self.root_prefix] if self.root_prefix else []), Path.home()]
        return tuple(str(parent / "conda-bld") for parent in parents if os.path.isdir(parent / "conda-bld"))


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read conda's configuration for a process with these variables. Never raises: see :attr:`Settings.problems`."""
    environ = _with_root(environ)
    files = search_path(environ, str(home_of(environ)))
    return _SettingsReader([*map(read_source, files), environment_source(environ)], environ).settings(files)


def load_system_settings(prefix: str = sys.prefix, folders: Iterable[str] = SYSTEM_FOLDERS) -> Settings:
    """Read conda's configuration by administrators only: without variables and files that users can write.

    Args:
        prefix: of this installation; the conda installation that it is in has configuration files as well.
        folders: further folders with configuration files.
    """
    root = designated_root({}, Path(prefix))
    found = files_in([*folders, *([str(root)] if root else [])])
    files = [file for file in found if not why_not_administrators(file, prefix)]
    return _SettingsReader([*map(read_source, files)], {"CONDA_ROOT": str(root)} if root else {}).settings(files)


class SettingsCache:
    """The settings of one process, read again only when a file or a variable has changed. Not thread-safe."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._key: object = None
        self._settings = Settings()

    def read(self) -> Settings:
        """Return the current settings; the same object while nothing has changed."""
        environ = dict(self._environ)
        files = search_path(_with_root(environ), str(home_of(environ)))
        stamps = [(file, stamp_of(file, time.time_ns())) for file in files]
        key = (environ, stamps)
        if key != self._key or any(stamp is None for _, stamp in stamps):
            self._settings = load_settings(environ)
            self._key = key
        return self._settings


def _with_root(environ: Mapping[str, str]) -> Mapping[str, str]:
    if "CONDA_ROOT" in environ:
        return environ
    root = designated_root(environ)
    return {**environ, "CONDA_ROOT": str(root)} if root else environ


class _SettingsReader:
    """Reads typed values from the sources and collects problems."""

    def __init__(self, sources: list[CondarcSource], environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._problems = [problem for source in sources for problem in source.problems]
        self._origins: dict[tuple[str, str], str] = {}
        self._found: dict[str, list[ConfigEntry]] = {}
        for source in sources:
            self._collect(source)

    def settings(self, files: list[str]) -> Settings:
        root = self._text("root_prefix", self._environ.get("CONDA_ROOT"))
        root_prefix = Path(root).expanduser() if root else None
        configured = self._paths("envs_dirs")
        return Settings(
            root_prefix=root_prefix,
            channels=self._list("channels"),
            default_channels=self._list("default_channels") or DEFAULT_CHANNELS,
            channel_alias=(self._text("channel_alias") or DEFAULT_CHANNEL_ALIAS).rstrip("/"),
            channel_priority=self._channel_priority(),
            custom_channels=self._text_map("custom_channels"),
            custom_multichannels=self._list_map("custom_multichannels"),
            mirrored_channels=self._list_map("mirrored_channels"),
            channel_settings=self._maps("channel_settings"),
            add_anaconda_token=self._flag("add_anaconda_token", default=True),
            allowlist_channels=self._list("allowlist_channels"),
            denylist_channels=self._list("denylist_channels"),
            pinned_packages=self._list("pinned_packages"),
            create_default_packages=self._list("create_default_packages"),
            envs_dirs=_unique(*configured, *_own_envs_dirs(root_prefix, home_of(self._environ))),
            configured_envs_dirs=configured,
            path_conflict=(self._text("path_conflict") or "clobber").lower(),
            exclude_newer=self._cutoff("exclude_newer", self._text("exclude_newer")),
            exclude_newer_channels=self._channel_cutoffs(),
            exclude_newer_package=self._package_cutoffs(),
            offline=self._flag("offline", default=False),
            ssl_verify=self._ssl_verify(),
            client_ssl_cert=self._text("client_ssl_cert"),
            proxy_servers=self._text_map("proxy_servers"),
            remote_read_timeout_secs=self._number("remote_read_timeout_secs", 60.0),
            remote_max_retries=int(self._number("remote_max_retries", 3)),
            register_envs=self._flag("register_envs", default=True),
            changeps1=self._flag("changeps1", default=True),
            env_prompt=self._text("env_prompt") or "({default_env}) ",
            envvars_force_uppercase=self._flag("envvars_force_uppercase", default=True),
            origins=self._origins,
            files=tuple(map(Path, files)),
            problems=tuple(self._problems),
        )

    def _collect(self, source: CondarcSource) -> None:
        for key, entry in source.entries.items():
            name = _ALIASES.get(key, key)
            if name != key and name in source.entries:
                continue
            if name in _LISTS and isinstance(entry.value, str) and source.name == "environment variables":
                parts = (part.strip() for part in entry.value.split(_LISTS[name]))
                entry = ConfigEntry(tuple(ConfigEntry(part) for part in parts if part), entry.flag)  # noqa: PLW2901
            if entry.value is None and (name in _LISTS or name in _MAPS):
                continue
            if self._has_right_shape(name, entry, source.name):
                self._found.setdefault(name, []).append(entry)
                if name in _MATCH_SPECS and isinstance(entry.value, tuple):
                    self._note_origins(name, entry.value, source.name)

    def _note_origins(self, name: str, items: Iterable[ConfigEntry], source: str) -> None:
        for item in items:
            place = f"{name} in {source}, line {item.line}" if item.line else f"CONDA_{name.upper()}"
            if isinstance(item.value, str):
                self._origins[name, expand_variables(item.value, self._environ)] = place

    def _has_right_shape(self, name: str, entry: ConfigEntry, source: str) -> bool:
        wanted = "a list" if name in _LISTS else "a map" if name in _MAPS else ""
        right = isinstance(entry.value, {"a list": tuple, "a map": Mapping}.get(wanted, object))
        if not right:
            line = f", line {entry.line}," if entry.line else ""
            self._complain(name, f"must be {wanted}", f" in {source}{line}")
        return right

    def _complain(self, name: str, what: str, where: str = "") -> None:
        message = f"conda's parameter {name}{where} {what}."
        self._problems.append(Problem("condarc-invalid", message, "Correct the value; until then it is ignored."))

    def _value(self, name: str) -> Plain:
        entries = self._found.get(name)
        return merge(entries) if entries else None

    def _text(self, name: str, default: str | None = None) -> str | None:
        value = self._value(name)
        return expand_variables(value, self._environ) if isinstance(value, str) and value else default

    def _list(self, name: str) -> tuple[str, ...]:
        value = self._value(name)
        items = value if isinstance(value, tuple) else ()
        return tuple(expand_variables(item, self._environ) for item in items if isinstance(item, str) and item)

    def _paths(self, name: str) -> tuple[Path, ...]:
        home = str(home_of(self._environ))
        texts = (home + text[1:] if text == "~" or text.startswith("~/") else text for text in self._list(name))
        return _unique(*(Path(os.path.abspath(text)) for text in texts))

    def _map(self, name: str) -> Mapping[str, Plain]:
        value = self._value(name)
        return value if isinstance(value, Mapping) else {}

    def _text_map(self, name: str) -> dict[str, str]:
        found = self._map(name).items()
        return {key: expand_variables(value, self._environ) for key, value in found if isinstance(value, str)}

    def _list_map(self, name: str) -> dict[str, tuple[str, ...]]:
        found = self._map(name).items()
        lists = (
            (key, [item for item in value if isinstance(item, str)]) for key, value in found if isinstance(value, tuple)
        )
        return {key: tuple(expand_variables(item, self._environ) for item in items) for key, items in lists}

    def _maps(self, name: str) -> tuple[Mapping[str, str], ...]:
        value = self._value(name)
        items = value if isinstance(value, tuple) else ()
        return tuple(
            {key: text for key, text in item.items() if isinstance(text, str)}
            for item in items
            if isinstance(item, Mapping)
        )

    def _flag(self, name: str, *, default: bool) -> bool:
        text = (self._text(name) or "").lower()
        if text and text not in _TRUE + _FALSE:
            self._complain(name, f"must be true or false, not {text!r}")
        return text in _TRUE if text in _TRUE + _FALSE else default

    def _number(self, name: str, default: float) -> float:
        text = self._text(name)
        try:
            return float(text) if text else default
        except ValueError:
            self._complain(name, f"must be a number, not {text!r}")
            return default

    def _cutoff(self, name: str, text: str | None) -> Cutoff | None:
        try:
            return parse_cutoff(text) if text else None
        except ValueError:
            self._complain(name, f"must be {CUTOFF_FORMS}, not {text!r}")
            return None

    def _own_cutoffs(self, name: str, texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, Cutoff | None]]:
        """Yield valid cut-offs of single channels or packages; ``false`` exempts, ``true`` means the general one."""
        for key, text in texts:
            if text.lower() in _FALSE:
                yield key, None
            elif text and text.lower() not in _TRUE:
                cutoff = self._cutoff(f"{name} of {without_credentials(key)}", text)
                if cutoff is not None:
                    yield key, cutoff

    def _channel_cutoffs(self) -> tuple[tuple[str, Cutoff | None], ...]:
        entries = [entry for entry in self._maps("channel_settings") if entry.get("channel")]
        keys = ("exclude_newer", "exclude-newer")
        texts = ((entry["channel"], next(filter(None, map(entry.get, keys)), "")) for entry in entries)
        return tuple(self._own_cutoffs("exclude_newer", texts))

    def _package_cutoffs(self) -> dict[str, Cutoff | None]:
        name = "exclude_newer_package"
        return dict(self._own_cutoffs(name, self._text_map(name).items()))

    def _ssl_verify(self) -> bool | str:
        text = self._text("ssl_verify") or "true"
        return text.lower() in _TRUE if text.lower() in _TRUE + _FALSE else text

    def _channel_priority(self) -> ChannelPriority:
        text = (self._text("channel_priority") or "flexible").lower()
        if text in ("strict", "flexible", "disabled"):
            return text  # type: ignore[return-value]
        if text in _TRUE + _FALSE:
            return "flexible" if text in _TRUE else "disabled"
        self._complain("channel_priority", f"must be strict, flexible or disabled, not {text!r}")
        return "flexible"


def _own_envs_dirs(root: Path | None, home: Path) -> tuple[Path, ...]:
    user = home / ".conda/envs"
    if root is None:
        return (user,)
    writable = os.access(root / "conda-meta/history", os.W_OK)
    return (root / "envs", user) if writable else (user, root / "envs")


def _unique(*paths: Path) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(paths))
