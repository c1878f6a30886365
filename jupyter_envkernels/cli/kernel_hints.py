"""Say after a job which kernels its environment has, and how to use them."""

from __future__ import annotations

from dataclasses import replace

from ..envs.catalog import Catalog
from ..errors import EnvKernelsError
from ..models import Environment, Job
from .output import VerbResult, printable
from .usage import PROGRAM


def with_kernels(result: VerbResult, job: Job, catalog: Catalog) -> VerbResult:
    """Return the result of a job with the kernels of the environment that it has made.

    Args:
        result: of the verb.
        job: the job, which has succeeded.
        catalog: reads the environment.
    """
    if job.request.is_plan or not job.request.operation.is_new:
        return result
    try:
        made = catalog.find(str(job.request.prefix))
    except EnvKernelsError:  # it may have been removed at once
        return result
    return replace(result, text="\n".join([str(result.text), *_hints(made)]))


def _hints(made: Environment) -> list[str]:
    kernels = [f"{kernel.display_name} ({kernel.id})" for kernel in made.kernels if kernel.problem is None]
    if not kernels:
        return []
    choose = f"Kernel: {', '.join(kernels)}. Choose it in JupyterLab's launcher or in a notebook."
    return [printable(choose), printable(f"In a terminal: {PROGRAM} run -n {made.name} python")]
