"""Make the kernelspec that Jupyter sees from an environment and a kernel."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from ..envs.kernel_ids import language_of
from ..envs.prefixes import KERNELS
from ..models import Environment, Kernel, Problem

PROVISIONER = "envkernels-provisioner"


def kernelspec(environment: Environment, kernel: Kernel) -> dict[str, Any]:
    """Return a new kernelspec, like :meth:`jupyter_client.kernelspec.KernelSpec.to_dict`.

    If kernel.json cannot be used, it is that of the fallback kernel.
    """
    spec = kernel.spec
    return {
        "argv": list(spec["argv"]) if spec else fallback_argv(environment.name, environment.prefix, kernel.problem),
        "env": dict(spec.get("env", {})),
        "display_name": kernel.display_name,
        "language": spec.get("language", ""),
        "interrupt_mode": spec.get("interrupt_mode", "signal"),
        "metadata": {
            **(spec.get("metadata", {}) if spec else fallback_metadata()),
            **environment_metadata(environment, kernel),
            "kernel_provisioner": {"provisioner_name": PROVISIONER},
        },
        "kernel_protocol_version": spec.get("kernel_protocol_version", ""),
    }


def resource_dir(environment: Environment, kernel: Kernel) -> str:
    """Return the folder of a kernel's kernel.json and logos."""
    return f"{environment.prefix}/{KERNELS}/{kernel.raw_name}"


def hashed_id(environment: Environment, kernel: Kernel) -> str:
    """Return a name of a kernel that is unique even if case is ignored."""
    return f"{kernel.id}-{environment.id[:8]}"


def missing_kernelspec(environment: Environment, raw_name: str) -> dict[str, Any]:
    """Return the kernelspec of the fallback kernel, for a kernel that the environment does not have."""
    nothing = Kernel("", f"{environment.name} (no kernel)", "", raw_name, environment.problem)
    return kernelspec(environment, nothing)


def environment_metadata(environment: Environment, kernel: Kernel) -> dict[str, Any]:
    """Return the metadata of a kernelspec about its environment, with the keys of nb_conda_kernels."""
    raw_display_name = str(kernel.spec.get("display_name") or kernel.raw_name)
    other = {"other_prefix": str(kernel.other_prefix)} if kernel.other_prefix else {}
    return {
        "conda_env_name": environment.name,
        "conda_env_path": str(environment.prefix),
        "conda_language": language_of(raw_display_name),
        "conda_raw_kernel_name": kernel.raw_name,
        "conda_is_base_environment": environment.is_base,
        "conda_is_currently_running": environment.is_running,
        "envkernels": {"id": environment.id, **other},
    }


def fallback_argv(name: str, prefix: object, problem: Problem | None) -> list[str]:
    """Return the command of the fallback kernel, which answers each cell with a problem.

    Args:
        name: of the environment.
        prefix: of the environment.
        problem: why the kernel cannot start.
    """
    message = problem.sentence if problem else "The environment does not offer this kernel."
    reason = f"The kernel of the environment {name} ({prefix}) cannot start. {message}"
    return [*_own_argv("kernels.fallback"), "-f", "{connection_file}", f"--FallbackKernel.reason={reason.strip()}"]


def fallback_metadata() -> dict[str, Any]:
    """Return how connections to the fallback kernel can be encrypted, by the server's ipykernel."""
    from ipykernel.kernelspec import get_kernel_dict  # noqa: PLC0415 - needed for broken environments only

    metadata = get_kernel_dict().get("metadata", {})
    return {key: metadata[key] for key in ("supported_encryption",) if key in metadata}


def launch_argv(prefix: object, raw_name: str) -> list[str]:
    """Return the command that launches the kernel of an environment; see :mod:`.launcher`.

    Args:
        prefix: of the environment.
        raw_name: of the kernel's folder.
    """
    return [*_own_argv("cli.launch"), str(prefix), raw_name, "{connection_file}"]


def _own_argv(module: str) -> list[str]:
    """Return the command that runs a module of this package in the server's Python.

    ``python -m`` would search the working folder first, which is that of the notebook.
    """
    package = __name__.partition(".")[0]
    code = f"import sys; sys.path[:] = filter(None, sys.path); from {package}.{module} import main; main()"
    return [sys.executable, "-c", code]


def resources(name: str, files: Iterable[str], base_url: str) -> dict[str, str]:
    """Return the URLs of a kernelspec's files, with the keys of jupyter_server: logos without extension."""
    return {
        file.rsplit(".", 1)[0] if file.startswith("logo-") else file: f"{base_url}kernelspecs/{name}/{file}"
        for file in files
    }
