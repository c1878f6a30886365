"""Run a kernel that answers each cell with the reason why the real one could not start.

It runs in the server's Python, with the arguments ``-f FILE --FallbackKernel.reason=TEXT``.
"""

from __future__ import annotations

from typing import Any

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel
from traitlets import Unicode


class FallbackKernel(Kernel):
    """Runs nothing. Each cell fails with the reason, so that a batch run fails as well."""

    implementation = "envkernels-fallback"
    implementation_version = "1"
    language_info = {"name": "text", "mimetype": "text/plain", "file_extension": ".txt"}  # noqa: RUF012 - Kernel's own type

    reason = Unicode(config=True, help="What is wrong and what can be done about it.")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)  # type: ignore[no-untyped-call]
        self.banner = self.reason

    async def do_execute(self, code: str, silent: bool, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ARG002, FBT001 - the protocol's signature
        """Reply with the reason."""
        error = {"ename": "EnvironmentUnusable", "evalue": self.reason, "traceback": [self.reason]}
        if not silent:
            self.send_response(self.iopub_socket, "error", error)  # type: ignore[no-untyped-call]
        return {"status": "error", "execution_count": self.execution_count, **error}


def main() -> None:
    """Run the kernel until it is shut down, without importing from its working folder, that of the notebook."""
    IPKernelApp.launch_instance(kernel_class=FallbackKernel, ignore_cwd=True)
