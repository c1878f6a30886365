"""The expected values are those that conda 26.7 itself gives, where it gives any."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from jupyter_envkernels.envs.conda_config.condarc import (
    DEFAULT_CHANNELS,
    Settings,
    SettingsCache,
    load_settings,
    load_system_settings,
)
from tests.prefixes import age, environ_of, make_prefix

Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Settings of somebody with that ``~/.condarc`` and these variables."""

    def load(condarc: str = "", **variables: str) -> Settings:
        (tmp_path / ".condarc").write_text(condarc)
        return load_settings(environ_of(tmp_path, **variables))

    return load


def test_nothing_configured(load: Load, tmp_path: Path) -> None:
    settings = load()
    assert settings.channels == ()
    assert settings.default_channels == DEFAULT_CHANNELS
    assert settings.channel_priority == "flexible"
    assert settings.envs_dirs == (tmp_path / ".conda/envs",)
    assert settings.configured_envs_dirs == ()
    assert settings.ssl_verify is True
    assert settings.problems == ()


def test_values_of_a_file(load: Load, tmp_path: Path) -> None:
    settings = load(
        "channels: [conda-forge, bioconda]\nchannel_priority: strict\noffline: yes\nssl_verify: false\n"
        "envs_dirs: [~/e, $HOME/f, '${HOME}/g', /abs/../x]\nremote_max_retries: 7\nproxy_servers: {http: 'http://p'}\n"
    )
    assert settings.channels == ("conda-forge", "bioconda")
    assert settings.channel_priority == "strict"
    assert settings.offline
    assert settings.ssl_verify is False
    assert settings.configured_envs_dirs == (tmp_path / "e", tmp_path / "f", tmp_path / "g", Path("/x"))
    assert settings.remote_max_retries == 7
    assert settings.proxy_servers == {"http": "http://p"}
    assert settings.files == (tmp_path / ".condarc",)


def test_packages_of_every_environment(load: Load) -> None:
    settings = load("pinned_packages: [python=3.11]\ncreate_default_packages: [pip, ipykernel]\n")
    assert settings.pinned_packages == ("python=3.11",)
    assert settings.create_default_packages == ("pip", "ipykernel")
    variables = {"CONDA_PINNED_PACKAGES": "python=3.11&numpy>=1,<2", "CONDA_CREATE_DEFAULT_PACKAGES": "pip, ipykernel"}
    settings = load(**variables)
    assert settings.pinned_packages == ("python=3.11", "numpy>=1,<2")
    assert settings.create_default_packages == ("pip", "ipykernel")


def test_where_match_specs_stand(load: Load, tmp_path: Path) -> None:
    settings = load(
        "pinned_packages:\n- python=$MINOR\n- numpy<2\ncreate_default_packages: [pip]\n",
        MINOR="3.11",
        CONDA_CREATE_DEFAULT_PACKAGES="ipykernel",
    )
    assert settings.origins == {
        ("pinned_packages", "python=3.11"): f"pinned_packages in {tmp_path}/.condarc, line 2",
        ("pinned_packages", "numpy<2"): f"pinned_packages in {tmp_path}/.condarc, line 3",
        ("create_default_packages", "pip"): f"create_default_packages in {tmp_path}/.condarc, line 4",
        ("create_default_packages", "ipykernel"): "CONDA_CREATE_DEFAULT_PACKAGES",
    }


def test_a_key_that_stands_twice(load: Load, tmp_path: Path) -> None:
    """conda raises ruamel's DuplicateKeyError for such a file, whatever it is called for."""
    settings = load(
        "channels: [a]\noffline: true\nchannels: [b]\ncustom_channels:\n  lab: https://x\n  lab: https://y\n"
    )
    assert settings.channels == ("b",)
    assert settings.offline
    assert settings.custom_channels == {"lab": "https://y"}
    assert [problem.code for problem in settings.problems] == ["condarc-repeated-key"] * 2
    told = [problem.message.partition(". ")[0] for problem in settings.problems]
    file = f"conda's configuration file {tmp_path}/.condarc"
    assert told == [
        f"{file}, line 3: channels is already set in line 1",
        f"{file}, line 6: lab is already set in line 5",
    ]


def test_variables_come_last_and_so_win(load: Load) -> None:
    settings = load(
        "channels: [a]\nchannel_priority: strict\n",
        CONDA_CHANNELS="x, y",
        CONDA_ENVS_PATH="/e1:/e2",
        CONDA_CHANNEL_PRIORITY="false",
        CONDA_SSL_VERIFY="/etc/ca.pem",
    )
    assert settings.channels == ("x", "y", "a")
    assert settings.configured_envs_dirs == (Path("/e1"), Path("/e2"))
    assert settings.channel_priority == "disabled"
    assert settings.ssl_verify == "/etc/ca.pem"


def test_aliases_of_parameters(load: Load) -> None:
    settings = load("channel: [q]\nverify_ssl: false\nenvs_path: [/w]\n")
    assert settings.channels == ("q",)
    assert settings.ssl_verify is False
    assert settings.configured_envs_dirs == (Path("/w"),)


@pytest.mark.parametrize(
    ("condarc", "words"),
    [
        ("offline: no\nchannels: conda-forge\n", "/.condarc, line 2, must be a list"),
        ("proxy_servers: [a]\n", "must be a map"),
        ("offline: perhaps\n", "'perhaps'"),
        ("channel_priority: highest\n", "'highest'"),
        ("remote_max_retries: many\n", "'many'"),
        ("channels: [a\n", "cannot be read: line 2: "),
        (f"channels: {'[' * 900}{']' * 900}", "cannot be read: it is nested too deeply"),
    ],
)
def test_what_is_wrong_is_ignored_and_said(load: Load, condarc: str, words: str) -> None:
    settings = load(condarc)
    assert settings.channels == ()
    assert settings.channel_priority == "flexible"
    assert [words in problem.message for problem in settings.problems] == [True]
    assert settings.problems[0].remedy


def test_the_installations_folder_comes_first_where_it_can_be_written_to(load: Load, tmp_path: Path) -> None:
    root = make_prefix(tmp_path / "conda")
    user = tmp_path / ".conda/envs"
    assert load(CONDA_ROOT=str(root)).envs_dirs == (root / "envs", user)
    (root / "conda-meta/history").unlink()
    assert load(CONDA_ROOT=str(root)).envs_dirs == (user, root / "envs")


def test_channel_urls(load: Load) -> None:
    settings = load(
        "channel_alias: https://mirror/\ndefault_channels: [main]\ncustom_channels: {mine: 'https://x/y'}\n"
        "custom_multichannels: {both: [mine, https://z/c/]}\n"
    )
    urls = settings.channel_urls(["mine/label/dev", "both", "defaults", "nodefaults", "file:///f/"])
    assert urls == (
        "https://x/y/mine/label/dev",
        "https://mirror/mine",
        "https://z/c",
        "https://mirror/main",
        "file:///f",
    )


def test_maps_in_lists_and_lists_in_maps(load: Load) -> None:
    settings = load(
        "mirrored_channels: {conda-forge: ['https://m/$WHO/cf', 'https://n/cf'], wrong: https://x}\n"
        "channel_settings:\n- {channel: one, auth: vault}\n- {channel: one, auth: vault}\n"
        "- {channel: two, auth: null}\n"
        "add_binstar_token: no\n",
        WHO="me",
    )
    assert settings.mirrored_channels == {"conda-forge": ("https://m/me/cf", "https://n/cf")}
    assert settings.channel_settings == ({"channel": "one", "auth": "vault"}, {"channel": "two"})
    assert not settings.add_anaconda_token
    assert load("").add_anaconda_token


def test_the_cache_follows_files_and_variables(tmp_path: Path) -> None:
    environ = dict(environ_of(tmp_path))
    cache = SettingsCache(environ)
    (tmp_path / ".condarc").write_text("channels: [a]\n")
    age(tmp_path)
    first = cache.read()
    assert first.channels == ("a",)
    assert cache.read() is first
    (tmp_path / ".condarc").write_text("channels: [b]\n")
    assert cache.read().channels == ("b",)
    environ["CONDA_CHANNELS"] = "c"
    assert cache.read().channels == ("c", "b")


def test_the_system_s_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither variables nor files of users count, nor a root prefix that a variable names."""
    for folder, channel in (("etc", "system"), ("base", "base"), ("home", "own"), ("other", "other")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / ".condarc").write_text(f"channels: [{channel}]\nchannel_alias: https://{channel}/$TOKEN\n")
    (tmp_path / "base" / "condabin").mkdir()
    for name, value in (
        ("HOME", "home"),
        ("CONDARC", "home/.condarc"),
        ("CONDA_ROOT", "other"),
        ("CONDA_PREFIX", "other"),
    ):
        monkeypatch.setenv(name, str(tmp_path / value))
    monkeypatch.setenv("CONDA_CHANNELS", "variable")
    monkeypatch.setenv("TOKEN", "tk-secret")
    prefix, folders = str(tmp_path / "base" / "envs" / "hub"), [str(tmp_path / "etc")]
    Path(prefix).mkdir(parents=True)
    settings = load_system_settings(prefix, folders)
    assert settings.channels == ("base", "system")
    assert settings.channel_alias == "https://base/$TOKEN", "a variable could give it another meaning"
    (tmp_path / "etc" / ".condarc").chmod(0o666)
    assert load_system_settings(prefix, folders).channels == ("base",), "everybody can write the other"


def test_packages_that_are_too_new(load: Load) -> None:
    settings = load(
        "exclude_newer: 2026-11-01\n"
        "exclude_newer_package: {openssl: false, numpy: 30d, pip: true, scipy: soon}\n"
        "channel_settings:\n"
        "  - {channel: conda-forge, exclude_newer: 7d}\n"
        "  - {channel: https://u:p4ss@h/c, exclude-newer: later}\n"
        "  - {channel: bioconda, auth: vault}\n"
    )
    assert settings.exclude_newer == datetime(2026, 11, 2, tzinfo=timezone.utc)
    assert settings.exclude_newer_package == {"openssl": None, "numpy": timedelta(days=30)}
    assert settings.exclude_newer_channels == (("conda-forge", timedelta(days=7)),)
    told = [problem.message for problem in settings.problems]
    accepted = "must be a date such as 2026-11-01, a time such as 2026-11-01T12:00:00Z, or an age such as 7d, 12h or 1w"
    assert told == [
        f"conda's parameter exclude_newer of https://h/c {accepted}, not 'later'.",
        f"conda's parameter exclude_newer_package of scipy {accepted}, not 'soon'.",
    ]
    assert load("exclude_newer: 9d", CONDA_EXCLUDE_NEWER="12h").exclude_newer == timedelta(hours=12)
    assert load("cooldown: 0").exclude_newer == timedelta(0)
    assert load("exclude_newer: ").exclude_newer is None
