"""``jupyter envkernels VERB``: the catalog and the jobs without a server, and without a browser.

Exit codes: 0 done, 1 failed, 2 wrong use, 3 refused, 130 interrupted. With ``--json`` standard output is one JSON
document; progress goes to standard error.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from .documents import checked_spec_json, environment_json
from .errors import EnvKernelsError, Forbidden, InvalidRequest, NotFound, OperationFailed
from .models import ExportFormat

if TYPE_CHECKING:
    from .envs.catalog import Catalog
    from .envs.doctor import Finding
    from .jobs.manager import ManagerOptions
    from .models import Environment, Job, JobEvent, JobRequest

# Imports that cost time stand where they are needed: a person waits for --help and list.
# ruff: noqa: PLC0415

Answer = tuple[Any, str]
"""What a verb gives: a JSON-serialisable document, and the same as text for people."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: the arguments without the program's name; None for those of the process.

    Returns:
        The exit code.
    """
    args = _parser().parse_args(argv)
    try:
        document, text = args.run(args)
        print(json.dumps(document, indent=2) if args.json else text, flush=True)
    except EnvKernelsError as error:
        return _fail(error, as_json=args.json)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on; end in peace
        return 1
    failed = isinstance(document, list) and any(_has_errors(entry) for entry in document)
    return 1 if failed else 0


def _has_errors(entry: Any) -> bool:
    return any(d["severity"] == "error" for d in entry.get("diagnostics", ()))


def _fail(error: EnvKernelsError, *, as_json: bool) -> int:
    if as_json:
        failure = {"code": error.code, "message": error.message, "remedy": error.remedy, "details": error.details}
        print(json.dumps({"error": failure}, indent=2))
    else:
        print("\n".join(filter(None, [f"Error: {error.message}", error.remedy])), file=sys.stderr)
    if isinstance(error, Forbidden):
        return 3
    return 2 if isinstance(error, InvalidRequest) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="jupyter envkernels", description="Conda environments as Jupyter kernels.")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", required=True)

    def verb(name: str, run: Callable[[argparse.Namespace], Answer], help_text: str) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=help_text, description=help_text)
        sub.add_argument("--json", action="store_true", help="print one JSON document on standard output")
        sub.set_defaults(run=run)
        return sub

    verb("list", _list, "Show the environments with their kernels and problems.")
    create = verb("create", _create, "Create an environment from a spec.")
    forms = "environment.yml, @EXPLICIT list, lock file or requirements.txt; - is standard input"
    create.add_argument("-f", "--file", required=True, metavar="FILE", help=forms)
    _add_target(create, required=False)
    clone = verb("clone", _clone, "Copy an environment exactly, pip-installed packages included.")
    clone.add_argument("source", metavar="SOURCE", help="name, prefix or id of the environment to copy")
    _add_target(clone, required=True)
    remove = verb("remove", _remove, "Remove an environment.")
    remove.add_argument("environment", metavar="NAME", help="name, prefix or id")
    export = verb("export", _export, "Write an environment down, so that it can be made again.")
    export.add_argument("environment", metavar="NAME", help="name, prefix or id")
    export.add_argument("--format", choices=get_args(ExportFormat), default="yaml", help="of the text (default: yaml)")
    check = verb("check", _check, "Say what is wrong with specs.")
    check.add_argument("files", metavar="FILE", nargs="+", help="files that create takes")
    verb("kernels", _kernels, "Show the kernelspecs as Jupyter sees them.")
    sync = verb(
        "sync", _sync, "Write kernelspecs to the user's Jupyter data folder, for programs that only read files."
    )
    sync.add_argument("--remove", action="store_true", help="take away what an earlier sync wrote")
    doctor = verb("doctor", _doctor, "Say where environments are looked for, and why a path is or is not a kernel.")
    doctor.add_argument(
        "path", metavar="PATH", nargs="?", type=_absolute, help="of an environment, or what should be one"
    )
    return parser


def _add_target(parser: argparse.ArgumentParser, *, required: bool) -> None:
    target = parser.add_mutually_exclusive_group(required=required)
    target.add_argument("-n", "--name", help="name of the new environment")
    target.add_argument("-p", "--prefix", type=_absolute, help="full path of the new environment")
    parser.add_argument("--root", type=_absolute, help="folder for the new environment, instead of the default one")


def _absolute(text: str) -> Path:
    return Path(text).expanduser().absolute()


def _list(_: argparse.Namespace) -> Answer:
    found = _catalog().environments()
    rows = [f"{environment.name:24} {_offer(environment):40} {environment.prefix}" for environment in found]
    return {"environments": [environment_json(environment) for environment in found]}, "\n".join(rows)


def _offer(environment: Environment) -> str:
    """The kernels of an environment, or why it has none."""
    kernels = ", ".join(kernel.id for kernel in environment.kernels)
    return kernels or (f"({environment.problem.message})" if environment.problem else "")


def _kernels(_: argparse.Namespace) -> Answer:
    from .kernels.specmanager import SyncEnvKernelSpecManager

    manager = SyncEnvKernelSpecManager(catalog=_catalog())
    specs = manager.get_all_specs()
    rows = [f"{name:40} {model['spec']['display_name']}" for name, model in sorted(specs.items())]
    return {"kernelspecs": specs}, "\n".join(rows)


def _check(args: argparse.Namespace) -> Answer:
    from .specs import check

    document = []
    lines = []
    for file in args.files:
        checked = check(_read(file))
        document.append({"path": file, **checked_spec_json(checked)})
        lines += [
            f"{file}:{d.line or 1}:{d.column or 1} {d.severity} {d.code} {d.message}" for d in checked.diagnostics
        ]
    return document, "\n".join(lines)


def _export(args: argparse.Namespace) -> Answer:
    from .engine.export import export

    text = export(_catalog().find(args.environment), args.format)
    return {"format": args.format, "text": text}, text.removesuffix("\n")


def _sync(args: argparse.Namespace) -> Answer:
    from jupyter_core.paths import jupyter_data_dir

    from .kernels import sync

    report = sync.remove(Path(jupyter_data_dir())) if args.remove else sync.sync(_catalog(), Path(jupyter_data_dir()))
    document = asdict(report)
    return document, "\n".join(f"{what}: {', '.join(names) or '-'}" for what, names in document.items())


def _doctor(args: argparse.Namespace) -> Answer:
    from .envs.doctor import diagnose
    from .kernels.configured import other_manager

    diagnosis = diagnose(_catalog(), args.path)
    other = other_manager(os.environ)
    lines = [f"{_mark(finding)} {finding.message} {finding.remedy}".rstrip() for finding in diagnosis.configuration]
    lines += [f"! {other.message}"] if other else []
    lines += [
        f"  {place.path}: {place.state}, {place.prefixes} prefixes ({place.origin})" for place in diagnosis.locations
    ]
    lines += [f"{_mark(finding)} {finding.message} {finding.remedy}".rstrip() for finding in diagnosis.findings]
    return {**asdict(diagnosis), "other_kernel_spec_manager": asdict(other) if other else None}, "\n".join(lines)


def _mark(finding: Finding) -> str:
    return "+" if finding.ok else "!"


def _create(args: argparse.Namespace) -> Answer:
    from .jobs.requests import create_request

    workdir = Path.cwd() if args.file == "-" else Path(args.file).absolute().parent
    return _run_job(
        create_request(
            _catalog(), _read(args.file), name=args.name, prefix=args.prefix, root=args.root, workdir=workdir
        )
    )


def _clone(args: argparse.Namespace) -> Answer:
    from .jobs.requests import clone_request

    return _run_job(clone_request(_catalog(), args.source, name=args.name, prefix=args.prefix, root=args.root))


def _remove(args: argparse.Namespace) -> Answer:
    from .jobs.requests import remove_request

    return _run_job(remove_request(_catalog(), args.environment))


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise NotFound(f"{file} cannot be read: {error.strerror}.") from error


def _run_job(request: JobRequest) -> Answer:
    """Submit a job, print its news to standard error, and wait for its end; an interrupt cancels it.

    Raises:
        OperationFailed: it did not succeed.
    """
    job = asyncio.run(_follow(request))
    if job.state == "cancelled":
        raise KeyboardInterrupt
    if job.state != "succeeded":
        failure = OperationFailed(job.message, remedy=job.error.remedy if job.error else "", details={"job": job.id})
        failure.code = job.error.code if job.error else failure.code  # type: ignore[misc]
        raise failure
    document = {"job": job.id, "state": job.state, "environment": request.environment, "prefix": str(request.prefix)}
    return document, f"{job.message}: {request.prefix}"


async def _follow(request: JobRequest) -> Job:
    from .jobs.manager import JobManager

    manager = JobManager(_manager_options())
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, over.set)

    def tell(job: Job, event: JobEvent) -> None:
        if event.progress is None and event.error is None:
            print(f"{event.phase or event.state}: {event.message}", file=sys.stderr)
        if job.is_over:
            over.set()

    manager.subscribe(tell)
    await manager.clean_up()
    job = await manager.submit(request)
    await over.wait()
    job = await manager.cancel(job.id)  # leaves a job that is over as it is
    await manager.stop()
    return job


def _catalog() -> Catalog:
    from .config import load_traits
    from .envs.catalog import Catalog

    return Catalog(load_traits().catalog_options(None), os.environ)


def _manager_options() -> ManagerOptions:
    from .config import load_traits
    from .envs.condarc import load_settings

    return load_traits().manager_options(load_settings(os.environ))


if __name__ == "__main__":
    sys.exit(main())
