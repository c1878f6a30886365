"""What a person asks for -> a request that can be stored: the one gate for REST and the command line.

Every function reads files; call them in threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from ..envs.catalog import Catalog
from ..errors import Forbidden, InvalidRequest, InvalidSpec
from ..models import ENVIRONMENT_NAME, CheckedSpec, Environment, EnvSpec, JobRequest, environment_id
from ..specs import check


def create_request(
    catalog: Catalog,
    text: str | bytes,
    *,
    name: str | None = None,
    prefix: Path | None = None,
    root: Path | None = None,
    workdir: Path | None = None,
) -> JobRequest:
    """Ask for an environment from a spec.

    Args:
        catalog: knows where new environments go.
        text: any spec that ``specs.check`` reads.
        name: wins over the name in the spec.
        prefix: the exact place, instead of a name.
        root: the folder for the environment, instead of the default one.
        workdir: the folder of the spec's file, against which relative pip lines resolve.

    Raises:
        InvalidSpec: the spec has errors, or no name that can be one where none was given.
        InvalidRequest: the given name cannot be one.
    """
    checked = check(text)
    if not checked.ok or checked.spec is None:
        raise _invalid(checked)
    target = prefix
    if target is None:
        target = catalog.new_prefix(check_name(name) if name else _name_in(checked.spec), root)
    return _storable(JobRequest("create", target.name, target, spec=checked.spec, workdir=workdir))


def clone_request(
    catalog: Catalog, source: str, *, name: str | None = None, prefix: Path | None = None, root: Path | None = None
) -> JobRequest:
    """Ask for a copy of an environment.

    Args:
        catalog: finds the source.
        source: its name, prefix or id.
        name: of the copy.
        prefix: the copy's exact place, instead of a name.
        root: the folder for the copy, instead of the default one.

    Raises:
        NotFound: there is no such environment.
        Ambiguous: several environments answer to ``source``.
        InvalidRequest: the name cannot be one.
    """
    found = catalog.find(source)
    if prefix is None and name is None:
        raise InvalidRequest("The copy has no name.", remedy="Give it one.")
    target = prefix if prefix is not None else catalog.new_prefix(check_name(name or ""), root)
    return _storable(JobRequest("clone", target.name, target, source=found.prefix))


def remove_request(catalog: Catalog, environment: str) -> JobRequest:
    """Ask for the removal of an environment, by name, prefix or id.

    Raises:
        NotFound: there is no such environment.
        Ambiguous: several environments answer to it.
        Forbidden: it must not be removed.
    """
    found = catalog.find(environment)
    if reason := removal_refused(found):
        raise Forbidden(f"{found.name} ({found.prefix}) cannot be removed: {reason}.")
    return _storable(JobRequest("remove", found.name, found.prefix))


def removal_refused(environment: Environment) -> str:
    """Why an environment must not be removed; empty when it may be."""
    if environment.is_base:
        return "it is the base of a conda installation"
    if environment.is_running:
        return "Jupyter itself runs in it"
    if environment.prefix.is_symlink():
        return "it is a link to another place"
    if environment.read_only:
        return "it is read-only for you"
    return ""


def check_name(name: str) -> str:
    """The name, if it can be one of an environment.

    Raises:
        InvalidRequest: it cannot.
    """
    if not ENVIRONMENT_NAME.fullmatch(name):
        raise InvalidRequest(
            f"{name!r} cannot be the name of an environment.",
            remedy="Use letters, digits, dot, dash and underscore, and begin with a letter, a digit or an underscore.",
        )
    return name


def _storable(request: JobRequest) -> JobRequest:
    """The request with the id of its environment.

    Raises:
        InvalidRequest: a path in it cannot be written down.
    """
    paths = " ".join(str(path) for path in (request.prefix, request.source, request.workdir))
    if any("\udc80" <= char <= "\udcff" for char in paths):  # how Python shows bytes that are no UTF-8
        raise InvalidRequest(f"{paths!a} has bytes that are not UTF-8.", remedy="Rename the folder in a terminal.")
    return replace(request, environment_id=environment_id(request.prefix))


def _name_in(spec: EnvSpec) -> str:
    """The name that the spec gives.

    Raises:
        InvalidSpec: it gives none, or one that cannot be.
    """
    if not spec.name:
        raise InvalidSpec("The environment has no name.", remedy="Add a line 'name: ...' to the spec, or give a name.")
    try:
        return check_name(spec.name)
    except InvalidRequest as error:
        raise InvalidSpec(error.message, remedy=error.remedy) from None


def _invalid(checked: CheckedSpec) -> InvalidSpec:
    errors: Sequence[str] = [
        f"line {d.line}: {d.message}" if d.line else d.message for d in checked.diagnostics if d.severity == "error"
    ]
    return InvalidSpec(
        "The spec has errors. " + " ".join(errors),
        remedy=next((d.remedy for d in checked.diagnostics if d.severity == "error"), ""),
        details={"diagnostics": [asdict(d) for d in checked.diagnostics]},
    )
