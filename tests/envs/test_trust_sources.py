from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from jupyter_envkernels.envs.conda_config.condarc import Settings
from jupyter_envkernels.envs.trust_sources import TrustSource, administers, distrust_prefix, read_trust, trust_prefix
from jupyter_envkernels.errors import NotFound
from jupyter_envkernels.models import CatalogOptions
from tests.prefixes import environ_of, make_prefix


def test_the_anchors_are_what_runs_jupyter_the_home_and_what_is_configured(tmp_path: Path) -> None:
    options = CatalogOptions(roots=(tmp_path / "roots",), shared_roots=(tmp_path / "shared",))
    settings = Settings(root_prefix=tmp_path / "conda", configured_envs_dirs=(tmp_path / "envs",))
    trust = read_trust(options, settings, environ_of(tmp_path / "home"), tmp_path / "none")
    expected = [sys.prefix, sys.base_prefix, *(str(tmp_path / n) for n in ("home", "conda", "roots", "shared", "envs"))]
    assert sorted(trust.anchors) == sorted(set(expected))


def test_accounts_are_named_or_numbered_and_unknown_ones_are_none(tmp_path: Path) -> None:
    options = CatalogOptions(trusted_owners=("root", "1234", "no such account"), trusted_groups=("root", "77", "?"))
    trust = read_trust(options, Settings(), environ_of(tmp_path))
    assert sorted(trust.owners) == [0, 1234]
    assert sorted(trust.groups) == [0, 77]


def test_a_prefix_is_trusted_by_name_until_it_is_distrusted_or_another(tmp_path: Path) -> None:
    file = tmp_path / "data" / "trusted.json"
    source = TrustSource(CatalogOptions(), environ_of(tmp_path / "home"), file)
    prefix = make_prefix(tmp_path / "open/env", "python3")
    (tmp_path / "open").chmod(0o777)
    assert not source.read(Settings()).judge(prefix).ok
    trust_prefix(prefix, file)
    assert source.read(Settings()).judge(prefix / "bin").ok
    assert not source.read(Settings()).judge(tmp_path / "open/other").ok
    prefix.rename(tmp_path / "open/moved")
    make_prefix(prefix, "python3")
    assert not source.read(Settings()).judge(prefix).ok
    trust_prefix(prefix, file)
    distrust_prefix(prefix, file)
    assert not source.read(Settings()).judge(prefix).ok
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_is_no_environment_cannot_be_trusted(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        trust_prefix(tmp_path / "none", tmp_path / "trusted.json")


@pytest.mark.parametrize("content", [b"", b"[{}]", b"{", b'[{"path": 1}]'])
def test_a_list_that_cannot_be_read_trusts_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "trusted.json").write_bytes(content)
    trust = read_trust(CatalogOptions(), Settings(), environ_of(tmp_path), tmp_path / "trusted.json")
    assert trust.prefixes == ()


def test_the_rule_is_made_once_while_nothing_changes(tmp_path: Path) -> None:
    file = tmp_path / "trusted.json"
    file.write_text("[]")
    os.utime(file, (1, 1))
    source, settings = TrustSource(CatalogOptions(), environ_of(tmp_path), file), Settings()
    assert source.read(settings) is source.read(settings)


def test_who_administers_a_shared_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared, mine, foreign = str(tmp_path), str(os.getegid()), "4711"
    assert administers(shared, ()), "its owner"
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert not administers(shared, ())
    assert not administers(shared, [foreign, "no-such-group"])
    assert administers(shared, [foreign, mine])
    assert not administers(f"{shared}/absent", ())
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert administers(shared, ())
