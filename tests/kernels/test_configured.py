from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jupyter_envkernels.kernels.configured import OtherManager, other_manager


def configure(file: Path, config: Any) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(config))
    return file


def found(*folders: Path, **environ: str) -> OtherManager | None:
    return other_manager(environ, [str(folder) for folder in folders])


NBCK = "nb_conda_kernels.CondaKernelSpecManager"


@pytest.mark.parametrize(
    "name", ["jupyter_config.json", "jupyter_server_config.json", "jupyter_server_config.d/x.json"]
)
@pytest.mark.parametrize("application", ["ServerApp", "NotebookApp", "JupyterApp"])
def test_another_manager(tmp_path: Path, name: str, application: str) -> None:
    file = configure(tmp_path / name, {application: {"kernel_spec_manager_class": NBCK}})
    other = found(tmp_path)
    assert other == OtherManager(NBCK, str(file))
    assert other is not None
    assert NBCK in other.message
    assert "sync" in other.message


def test_a_gateway(tmp_path: Path) -> None:
    by_variable = found(tmp_path, JUPYTER_GATEWAY_URL="http://g")
    assert by_variable == OtherManager("the gateway http://g", "JUPYTER_GATEWAY_URL")
    file = configure(tmp_path / "jupyter_server_config.json", {"GatewayClient": {"url": "http://g"}})
    assert found(tmp_path) == OtherManager("the gateway http://g", str(file))


def test_ours_or_none(tmp_path: Path) -> None:
    ours, other = tmp_path / "first", tmp_path / "second"
    name = "jupyter_envkernels.kernels.specmanager.EnvKernelSpecManager"
    configure(ours / "jupyter_config.json", {"ServerApp": {"kernel_spec_manager_class": name}})
    configure(other / "jupyter_config.json", {"ServerApp": {"kernel_spec_manager_class": NBCK}})
    assert found(ours, other) is None
    assert found(other, ours) is not None
    assert found(tmp_path / "nowhere") is None


@pytest.mark.parametrize("config", [[], {"ServerApp": []}, {"ServerApp": {}}, {"GatewayClient": {"url": None}}])
def test_configuration_that_says_nothing(tmp_path: Path, config: Any) -> None:
    configure(tmp_path / "jupyter_config.json", config)
    (tmp_path / "jupyter_server_config.json").write_text("{")
    assert found(tmp_path) is None


def test_the_configuration_of_this_user_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_CONFIG_DIR", str(tmp_path))
    configure(tmp_path / "jupyter_config.json", {"ServerApp": {"kernel_spec_manager_class": NBCK}})
    assert other_manager({}) is not None
