"""Environment and kernel -> the kernelspec that Jupyter sees."""

from __future__ import annotations

from typing import Any

from ..models import Environment, Kernel

PROVISIONER = "envkernels-provisioner"


def kernelspec(environment: Environment, kernel: Kernel) -> dict[str, Any]:
    """The kernelspec as :meth:`jupyter_client.kernelspec.KernelSpec.to_dict` gives it; a new object each time."""
    return {
        "argv": list(kernel.spec.get("argv", ())),
        "env": dict(kernel.spec.get("env", {})),
        "display_name": kernel.display_name,
        "language": kernel.spec.get("language", ""),
        "interrupt_mode": kernel.spec.get("interrupt_mode", "signal"),
        "metadata": {
            **kernel.spec.get("metadata", {}),
            **environment_metadata(environment, kernel),
            "kernel_provisioner": {"provisioner_name": PROVISIONER},
        },
        "kernel_protocol_version": kernel.spec.get("kernel_protocol_version", ""),
    }


def environment_metadata(environment: Environment, kernel: Kernel) -> dict[str, Any]:
    """What a kernelspec says about its environment, in the words that nb_conda_kernels brought in."""
    raw_display_name = str(kernel.spec.get("display_name") or kernel.raw_name)
    return {
        "conda_env_name": environment.name,
        "conda_env_path": str(environment.prefix),
        "conda_language": "Python" if raw_display_name.startswith("Python") else raw_display_name,
        "conda_raw_kernel_name": kernel.raw_name,
        "conda_is_base_environment": environment.is_base,
        "conda_is_currently_running": environment.is_running,
        "envkernels": {"id": environment.id},
    }


def resources(name: str, files: tuple[str, ...], base_url: str) -> dict[str, str]:
    """URLs of a kernelspec's files, keyed as jupyter_server does: logos without their extension."""
    keys = (file.rsplit(".", 1)[0] if file.startswith("logo-") else file for file in files)
    return {key: f"{base_url}kernelspecs/{name}/{file}" for key, file in zip(keys, files, strict=True)}
