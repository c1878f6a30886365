from __future__ import annotations

from pathlib import Path

from jupyter_client.kernelspec import KernelSpec

from jupyter_envkernels.kernels.kernelspecs import (
    fallback_argv,
    kernelspec,
    missing_kernelspec,
    resource_dir,
    resources,
)
from jupyter_envkernels.models import Environment, Kernel, Problem

SPEC = {
    "argv": ["/envs/x/bin/python", "-f", "{connection_file}"],
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
    "metadata": {"debugger": True},
    "env": {"A": "1"},
}
KERNEL = Kernel("conda-env-x-py", "x (Python 3)", "python", "python3", None, SPEC)
ENVIRONMENT = Environment("0123456789ab", "x", Path("/envs/x"), (KERNEL,), is_running=True)


def test_a_kernelspec() -> None:
    assert kernelspec(ENVIRONMENT, KERNEL) == {
        "argv": ["/envs/x/bin/python", "-f", "{connection_file}"],
        "env": {"A": "1"},
        "display_name": "x (Python 3)",
        "language": "python",
        "interrupt_mode": "signal",
        "kernel_protocol_version": "",
        "metadata": {
            "debugger": True,
            "conda_env_name": "x",
            "conda_env_path": "/envs/x",
            "conda_language": "Python",
            "conda_raw_kernel_name": "python3",
            "conda_is_base_environment": False,
            "conda_is_currently_running": True,
            "envkernels": {"id": "0123456789ab"},
            "kernel_provisioner": {"provisioner_name": "envkernels-provisioner"},
        },
    }


def test_it_is_one_of_jupyter_clients_and_nobody_elses() -> None:
    spec = kernelspec(ENVIRONMENT, KERNEL)
    assert KernelSpec(**spec).to_dict() == spec
    spec["metadata"]["kernel_provisioner"]["config"] = {}
    spec["argv"].append("more")
    assert kernelspec(ENVIRONMENT, KERNEL) != spec


def test_a_broken_kernel_has_the_fallback_kernels_command() -> None:
    problem = Problem("bad-kernelspec", "kernel.json is broken.", "Install it again.")
    argv = kernelspec(ENVIRONMENT, Kernel("i", "d", "", "python3", problem))["argv"]
    assert argv == fallback_argv("x", "/envs/x", problem)
    assert "jupyter_envkernels.kernels.fallback" in argv[2]
    assert argv[-1].endswith("kernel.json is broken. Install it again.")


def test_a_kernel_that_is_not_there() -> None:
    bare = Environment("0123456789ab", "x", Path("/envs/x"), problem=Problem("no-kernel", "It has no kernel."))
    spec = missing_kernelspec(bare, "python3")
    assert spec["metadata"]["conda_raw_kernel_name"] == "python3"
    assert spec["argv"][-1].endswith("It has no kernel.")


def test_resources() -> None:
    assert resource_dir(ENVIRONMENT, KERNEL) == "/envs/x/share/jupyter/kernels/python3"
    assert resources("n", ["kernel.js", "logo-64x64.png", "logo-svg.svg"], "/user/u/") == {
        "kernel.js": "/user/u/kernelspecs/n/kernel.js",
        "logo-64x64": "/user/u/kernelspecs/n/logo-64x64.png",
        "logo-svg": "/user/u/kernelspecs/n/logo-svg.svg",
    }
