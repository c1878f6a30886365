"""Define the verbs and their options; the modules that run them are imported only when they are used."""

from __future__ import annotations

import os
from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import get_args

from .._version import __version__
from ..models import ExportFormat
from .usage import Parser, Program

_ENVIRONMENT = "name, prefix or id"
_SPEC = "environment.yml, list of conda packages, lock file or requirements.txt; a path, a URL, or - for standard input"
_MATCH_SPEC = "packages as conda writes them, such as numpy, python=3.12 or 'scipy>=1.14'"
_CHOOSING = ("-n", "-p", "--name", "--prefix")
"""Options that choose an environment."""


class _Verbs(Program):
    """The program with options that several verbs have.

    Args:
        words: the arguments to parse. An environment is chosen by an option or by its place; each has its own usage.
    """

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__()
        self.is_chosen = any(word in _CHOOSING or word.startswith(("--name=", "--prefix=")) for word in words)

    def add(self, name: str, run: str, help_text: str, *examples: str) -> Parser:
        """Add a verb with ``--json``; see :meth:`.usage.Program.add`."""
        verb = super().add(name, run, help_text, *examples)
        verb.add_argument("--json", action="store_true", help="print one JSON document on standard output")
        return verb

    def add_job(self, name: str, run: str, help_text: str, *examples: str) -> Parser:
        """Add a verb that runs a job, for which conda would ask."""
        verb = self.add(name, run, help_text, *examples)
        verb.add_argument("-y", "--yes", action="store_true", help="ask nothing")
        return verb

    def add_environment(self, verb: Parser) -> None:
        """Add the environment of a verb: NAME, ``-n`` or ``-p``."""
        if self.is_chosen:
            self.add_choice(verb)
        else:
            verb.add_argument("environment", metavar="NAME", help=f"{_ENVIRONMENT}; or -n NAME, or -p PREFIX")

    @staticmethod
    def add_choice(verb: Parser, *, required: bool = True) -> None:
        """Add ``-n`` and ``-p``, which choose an environment."""
        choice = verb.add_mutually_exclusive_group(required=required)
        choice.add_argument("-n", "--name", dest="environment", metavar="NAME", help="name or id of the environment")
        choice.add_argument(
            "-p", "--prefix", dest="environment", metavar="PREFIX", type=_prefix, help="prefix of the environment"
        )


def build_parser(words: Sequence[str] = ()) -> Program:
    """Return the parser of the whole command line.

    Its result has ``run``, the ``module:function`` of the verb in this package.

    Args:
        words: the arguments to parse.
    """
    verbs = _Verbs(words)
    verbs.add_argument("--version", action="version", version=__version__)
    for title, group in _GROUPS.items():
        verbs.group(title)
        for add in group:
            add(verbs)
    return verbs


def _create(verbs: _Verbs) -> None:
    create = verbs.add_job(
        "create",
        "changes:create",
        "Create an environment, from packages or from a spec.",
        "create -n finance python=3.12 pandas",
        "create -f environment.yml",
    )
    create.add_argument("specs", metavar="SPEC", nargs="*", help=_MATCH_SPEC)
    create.add_argument("-f", "--file", metavar="FILE", help=f"instead of SPEC: {_SPEC}")
    create.add_argument(
        "--clone", metavar="SOURCE", dest="source", help="copy this environment, as the verb clone does"
    )
    _add_target(create)
    _add_sources(create)
    _add_override(create)
    _add_exclude_newer(create)
    _add_dry_run(create)


def _clone(verbs: _Verbs) -> None:
    clone = verbs.add_job(
        "clone",
        "changes:clone",
        "Copy an environment exactly, including pip packages.",
        "clone finance -n finance-2",
        "clone finance -p ~/course/envs/finance",
    )
    clone.add_argument("source", metavar="SOURCE", help=f"{_ENVIRONMENT} of the environment to copy")
    _add_target(clone, required=True)
    _add_dry_run(clone)


def _install(verbs: _Verbs) -> None:
    install = verbs.add_job(
        "install",
        "changes:install",
        "Install packages into an environment; installed ones stay if possible.",
        "install -n finance scipy 'matplotlib>=3.9'",
        "install -n vision pytorch pytorch-cuda=11.8 -c pytorch -c nvidia",
    )
    verbs.add_choice(install)
    install.add_argument("specs", metavar="SPEC", nargs="*", help=_MATCH_SPEC)
    _add_sources(install)
    _add_exclude_newer(install)
    _add_dry_run(install)


def _update(verbs: _Verbs) -> None:
    update = verbs.add_job(
        "update",
        "changes:update",
        "Update packages of an environment to the newest compatible versions, or the environment from a spec.",
        "update -n finance pandas",
        "update finance -f environment.yml --prune",
    )
    verbs.add_environment(update)
    update.add_argument("specs", metavar="SPEC", nargs="*", help=f"packages to update, like --add: {_MATCH_SPEC}")
    update.add_argument("-f", "--file", metavar="FILE", help="environment.yml to update it from")
    update.add_argument("--prune", action="store_true", help="remove packages that are no longer requested")
    update.add_argument(
        "--upgrade", "--all", action="store_true", help="update all packages to the newest compatible versions"
    )
    _add_list(update, "--add", "SPEC", "packages to add or change, such as 'numpy>=2'")
    _add_list(update, "--remove", "PACKAGE", "packages to remove")
    _add_sources(update)
    _add_exclude_newer(update)
    _add_dry_run(update)


def _add_kernel(verbs: _Verbs) -> None:
    add_kernel = verbs.add_job(
        "add-kernel",
        "changes:add_kernel",
        "Install a kernel into an environment that has none.",
        "add-kernel finance",
        "add-kernel -p ~/course/envs/finance --dry-run",
    )
    verbs.add_environment(add_kernel)
    _add_exclude_newer(add_kernel)
    _add_dry_run(add_kernel)


def _rename(verbs: _Verbs) -> None:
    rename = verbs.add_job(
        "rename",
        "changes:rename",
        "Rename an environment; notebooks still find its kernels.",
        "rename finance finance-2026",
        "rename -p ~/course/envs/finance finance-2026",
    )
    verbs.add_environment(rename)
    rename.add_argument("name", metavar="NEW", help="its new name")


def _remove(verbs: _Verbs) -> None:
    remove = verbs.add(
        "remove",
        "removal:remove",
        "Remove environments, or packages from one.",
        "remove finance",
        "remove -n finance scipy",
    )
    remove.add_argument("-y", "--yes", action="store_true", help="ask nothing")
    remove.add_argument("--force", action="store_true", help="remove even if kernels are running")
    if verbs.is_chosen:
        verbs.add_choice(remove)
        remove.add_argument("--all", action="store_true", help="remove the whole environment")
        remove.add_argument("specs", metavar="PACKAGE", nargs="*", help="packages to remove from the environment")
        _add_dry_run(remove)
    else:
        remove.add_argument(
            "environments",
            metavar="NAME",
            nargs="+",
            help=f"{_ENVIRONMENT}. To remove packages: -n NAME PACKAGE ...; with -n, --all removes the environment",
        )


def _history(verbs: _Verbs) -> None:
    history = verbs.add(
        "history",
        "environments:show_history",
        "Show the revisions of an environment.",
        "history finance",
        "history finance --json",
    )
    verbs.add_environment(history)


def _rollback(verbs: _Verbs) -> None:
    rollback = verbs.add_job(
        "rollback",
        "changes:rollback",
        "Restore the packages that an environment had at a revision.",
        "rollback finance 3",
        "rollback finance 3 --dry-run",
    )
    verbs.add_environment(rollback)
    rollback.add_argument("revision", metavar="REVISION", type=_revision, help="number of the revision, as in history")
    _add_dry_run(rollback)


def _search(verbs: _Verbs) -> None:
    search = verbs.add(
        "search", "search:show", "Search the channels for packages.", "search 'numpy>=2'", "search '*torch*' -c pytorch"
    )
    search.add_argument("spec", metavar="SPEC", help="match spec, such as 'numpy>=2' or '*numpy*'")
    _add_channels(search)
    _add_override(search)


def _list(verbs: _Verbs) -> None:
    listing = verbs.add(
        "list",
        "environments:show",
        "Show the environments, or the packages of one.",
        "list",
        "list -n finance scipy",
    )
    verbs.add_choice(listing, required=False)
    if verbs.is_chosen:
        listing.add_argument("pattern", metavar="PATTERN", nargs="?", help="regular expression for names of packages")
    else:
        listing.add_argument(
            "--sizes", action="store_true", help="measure new and changed environments first, which may take a while"
        )


def _run(verbs: _Verbs) -> None:
    run = Program.add(  # no --json: the output is the program's
        verbs,
        "run",
        "programs:run",
        "Run a program in an activated environment.",
        "run -n finance python report.py",
        "run -n finance bash",
    )
    run.is_open = True
    verbs.add_choice(run)
    run.add_argument("command", metavar="COMMAND", nargs="...", help="the program and its arguments")


def _trust(verbs: _Verbs) -> None:
    trust = verbs.add(
        "trust",
        "environments:trust",
        "Use an environment although an account that is not trusted can change it.",
        "trust /srv/course/envs/finance",
        "trust finance --remove",
    )
    verbs.add_environment(trust)
    trust.add_argument("--remove", action="store_true", help="stop trusting it")


def _jobs(verbs: _Verbs) -> None:
    verbs.add("jobs", "jobs:show", "Show all jobs, newest first.", "jobs", "jobs --json")


def _log(verbs: _Verbs) -> None:
    log = verbs.add("log", "jobs:log", "Show the log of a job.", "log last", "log last --follow")
    _add_job(log)
    log.add_argument("--follow", action="store_true", help="continue until the job ends")


def _cancel(verbs: _Verbs) -> None:
    _add_job(verbs.add("cancel", "jobs:cancel", "Cancel a running or queued job.", "cancel last", "cancel last --json"))


def _resume(verbs: _Verbs) -> None:
    resume = verbs.add(
        "resume",
        "jobs:resume",
        "Run the plan of a job, or an unfinished job again.",
        "resume last",
        "resume last --json",
    )
    _add_job(resume)


def _export(verbs: _Verbs) -> None:
    export = verbs.add(
        "export",
        "specs:write",
        "Print an environment as a spec from which it can be recreated.",
        "export finance > environment.yml",
        "export finance --format explicit > packages.txt",
    )
    verbs.add_environment(export)
    export.add_argument("--format", choices=get_args(ExportFormat), default="yaml", help="default: yaml")


def _check(verbs: _Verbs) -> None:
    check = verbs.add(
        "check", "specs:examine", "Check specs for errors.", "check environment.yml", "check --online environment.yml"
    )
    check.add_argument("--online", action="store_true", help="also check against the channels")
    check.add_argument("files", metavar="FILE", nargs="+", help="specs, as for create")


def _kernels(verbs: _Verbs) -> None:
    verbs.add("kernels", "kernelspecs:show", "Show the kernelspecs as Jupyter sees them.", "kernels", "kernels --json")


def _sync(verbs: _Verbs) -> None:
    sync = verbs.add(
        "sync",
        "kernelspecs:write",
        "Write kernelspecs to the user's Jupyter data folder, for programs that only read files.",
        "sync",
        "sync --remove",
    )
    how = sync.add_mutually_exclusive_group()
    how.add_argument("--remove", action="store_true", help="remove what an earlier sync wrote")
    how.add_argument(
        "--replace", action="store_true", help="also delete kernelspecs that nb_conda_kernels wrote, without asking"
    )


def _info(verbs: _Verbs) -> None:
    info = verbs.add(
        "info",
        "info:show",
        "Show the program's versions, folders, channels and configuration files.",
        "info",
        "info --envs",
    )
    info.add_argument("--envs", action="store_true", help="show the environments instead, as list does")


def _doctor(verbs: _Verbs) -> None:
    doctor = verbs.add(
        "doctor",
        "doctor:examine",
        "Show where environments are searched, and why one is or is not a kernel.",
        "doctor",
        "doctor finance",
    )
    doctor.add_argument("environment", metavar="NAME", nargs="?", help=f"{_ENVIRONMENT}, or a path")


def _clean(verbs: _Verbs) -> None:
    clean = verbs.add(
        "clean",
        "cleaning:clean",
        "Free disk space: show what can be deleted, and delete it after a question.",
        "clean --dry-run",
        "clean --packages -y",
    )
    clean.add_argument("-a", "--all", action="store_true", help="delete all of the following, which is the default")
    clean.add_argument("--packages", action="store_true", help="cached packages that no environment uses")
    clean.add_argument("--index-cache", action="store_true", help="cached indexes of channels")
    clean.add_argument("--jobs", action="store_true", help="journals of old jobs, with their logs")
    clean.add_argument("--rolled-back", action="store_true", help="versions of environments kept after a rollback")
    clean.add_argument("-y", "--yes", action="store_true", help="ask nothing")
    clean.add_argument("--dry-run", action="store_true", help="show what can be deleted, without deleting it")


def _completion(verbs: _Verbs) -> None:
    completion = verbs.add(
        "completion",
        "completion:write",
        "Print code that makes a shell complete these commands.",
        "completion bash >> ~/.bashrc",
        "completion fish > ~/.config/fish/completions/jupyter-envkernels.fish",
    )
    completion.add_argument("shell", metavar="SHELL", choices=("bash", "zsh", "fish"), help="bash, zsh or fish")


_GROUPS: Mapping[str, Sequence[Callable[[_Verbs], None]]] = {
    "Create environments": (_create, _clone),
    "Change environments": (_install, _update, _remove, _add_kernel, _rename, _rollback),
    "See what there is": (_list, _history, _kernels, _search, _info),
    "Use environments": (_run, _trust),
    "Read and write specs": (_check, _export),
    "Follow jobs": (_jobs, _log, _cancel, _resume),
    "Set up": (_doctor, _clean, _sync, _completion),
}
"""The tasks, in the order of the help text."""


def _add_target(verb: Parser, *, required: bool = False) -> None:
    target = verb.add_mutually_exclusive_group(required=required)
    target.add_argument("-n", "--name", help="name of the new environment")
    target.add_argument("-p", "--prefix", type=_absolute, help="full path of the new environment")
    verb.add_argument("--root", type=_absolute, help="folder for the new environment, instead of the default")


def _add_channels(verb: Parser) -> None:
    channel = "channel to search before the others; several in the order of their priority, each with -c"
    verb.add_argument("-c", "--channel", dest="channels", metavar="CHANNEL", action="append", default=[], help=channel)


def _add_override(verb: Parser) -> None:
    help_text = "search the channels of -c only, not the configured ones"
    verb.add_argument("--override-channels", action="store_true", help=help_text)


def _add_sources(verb: Parser) -> None:
    _add_channels(verb)
    requirement = "package for pip, such as 'requests>=2'; several, each with --pip"
    verb.add_argument("--pip", metavar="REQ", action="append", default=[], help=requirement)


def _add_job(verb: Parser) -> None:
    verb.add_argument("job", metavar="JOB", help="id of a job, or its beginning; last for the newest")


def _add_exclude_newer(verb: Parser) -> None:
    verb.add_argument(
        "--exclude-newer",
        metavar="DATE|AGE",
        help="leave out packages that are newer, such as 2026-11-01 or 7d; overrides conda's exclude_newer",
    )


def _add_dry_run(verb: Parser) -> None:
    verb.add_argument("--dry-run", action="store_true", help="show what would change, without changing it")


def _add_list(verb: Parser, option: str, metavar: str, help_text: str) -> None:
    verb.add_argument(option, metavar=metavar, nargs="+", action="extend", default=[], help=help_text)


def _revision(text: str) -> int:
    """Parse the number of a revision.

    Raises:
        argparse.ArgumentTypeError: it is not a number.
    """
    if not text.isascii() or not text.isdigit():
        raise ArgumentTypeError(f"{text!r} is not the number of a revision")
    return int(text)


def _absolute(text: str) -> Path:
    return Path(os.path.abspath(Path(text).expanduser()))  # noqa: PTH100 - it resolves ".."


def _prefix(text: str) -> str:
    return str(_absolute(text))
