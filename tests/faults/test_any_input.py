"""Whatever a person or a program hands over: it is read, or refused in words; nothing else ever happens."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from jupyter_envkernels.envs.catalog import Catalog
from jupyter_envkernels.errors import EnvKernelsError, InvalidRequest, TooLarge
from jupyter_envkernels.jobs.requests import (
    AddKernelBody,
    Body,
    CloneBody,
    Context,
    CreateBody,
    JobBody,
    RemoveBody,
    RollbackBody,
    UpdateBody,
)
from jupyter_envkernels.models import ENVIRONMENT_NAME, CatalogOptions
from jupyter_envkernels.server import wire
from jupyter_envkernels.specs import check, write
from tests.prefixes import environ_of, make_prefix
from tests.specs.test_check import is_sound

Test = Callable[[], None]


def cases(count: int) -> settings:
    """So many cases; few are always the same ones."""
    checks = list(HealthCheck)
    return settings(
        max_examples=count, deadline=None, database=None, derandomize=count < 1000, suppress_health_check=checks
    )


SLICE = pytest.param(80, id="slice")
SOAK = pytest.param(10_000, marks=pytest.mark.soak, id="soak")
COUNTS = pytest.mark.parametrize("count", [SLICE, SOAK])

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.dates(), st.text(max_size=20))
NESTED = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)
VERSIONS = st.sampled_from(
    ["", "=1", "==1.2.*", ">=1,<2", "~=1.0", "!=3", "=1=py*_0", "[version='>=1']", " >=1", "=", ">=1,<", "=2=cu*", "[]"]
)
PACKAGE = st.tuples(
    st.sampled_from(["", "conda-forge::", "https://host/t/secret/main::", "main/linux-64::", "::", "./"]),
    st.sampled_from(["numpy", "python", "r-base", "_x", "Pip", "a b", "é", "*", "__cuda"]) | st.text(max_size=6),
    VERSIONS,
    st.sampled_from(["", " # remark", "[extra]", " if win", ";"]),
).map("".join)
DEPENDENCY = PACKAGE | st.dictionaries(st.sampled_from(["pip", "npm"]), st.lists(PACKAGE, max_size=4) | NESTED) | NESTED
DOCUMENT = st.fixed_dictionaries(
    {},
    optional={
        "name": PACKAGE | NESTED,
        "prefix": NESTED,
        "channels": st.lists(PACKAGE | NESTED, max_size=4) | NESTED,
        "dependencies": st.lists(DEPENDENCY, max_size=6) | NESTED,
        "variables": st.dictionaries(st.text(max_size=8), SCALARS, max_size=3) | NESTED,
        "platforms": NESTED,
        "category": NESTED,
    },
)
LOCKS = st.fixed_dictionaries(
    {"version": st.integers(0, 8) | NESTED},
    optional={
        "environments": st.dictionaries(st.sampled_from(["default", "test"]), NESTED, max_size=2) | NESTED,
        "packages": st.lists(st.dictionaries(st.sampled_from(["conda", "pypi", "sha256"]), NESTED), max_size=3)
        | NESTED,
        "package": st.lists(NESTED, max_size=3) | NESTED,
        "metadata": NESTED,
    },
)
EXPLICIT = st.lists(
    st.tuples(
        st.sampled_from(["https://h/main/noarch/", "file:///", "/", "http://u:p@h/", "", "../"]),
        st.sampled_from(["a-1-0.conda", "a-1-0.tar.bz2", "a.conda", "é-1-0.conda", "-", "a-1-0.zip"])
        | st.text(max_size=9),
        st.sampled_from(["", "#" + "a" * 32, "#sha256:" + "b" * 64, "#", "#xyz"]),
    ).map("".join),
    max_size=5,
).map(lambda lines: "\n".join(["# a list", "@EXPLICIT", *lines]))


def as_yaml(document: Any) -> str:
    stream = io.StringIO()
    yaml = YAML(typ="safe")
    yaml.allow_unicode = True
    yaml.dump(document, stream)
    return stream.getvalue()


def as_text(document: Any) -> st.SearchStrategy[str]:
    """A document in one of the ways in which it can be written; or a part of that, or a bit of it doubled."""
    written = st.sampled_from([as_yaml(document), json.dumps(document, default=str)])
    return written.flatmap(
        lambda text: st.just(text) | st.integers(0, len(text)).map(lambda at: text[:at] + text[at // 2 :])
    )


SPECS = st.one_of(DOCUMENT.flatmap(as_text), LOCKS.flatmap(as_text), EXPLICIT)


@COUNTS
def test_any_spec(count: int) -> None:
    @cases(count)
    @given(SPECS)
    def run(text: str) -> None:
        checked = check(text)
        assert is_sound(checked)
        if checked.ok and checked.spec and not checked.spec.locked:
            again = check(write(checked.spec)).spec
            assert again is not None
            assert again.dependencies == checked.spec.dependencies

    run()


NAMES = (
    st.text(max_size=110) | st.from_regex(ENVIRONMENT_NAME) | st.sampled_from(["", ".", "..", "a/b", "-x", "a\n", "\0"])
)


def requests(catalog: Catalog) -> st.SearchStrategy[tuple[Body, str | None]]:
    """Requests for an environment that there is, or by anything that may be meant as one, and their specs."""
    spec = SPECS | st.just("dependencies: [zlib]")
    which = NAMES | st.sampled_from(["lesson", catalog.environments()[0].id])
    lines = st.lists(PACKAGE).map(tuple)
    update = st.builds(UpdateBody, which, add=lines, remove=st.lists(NAMES).map(tuple), prune=st.booleans())
    return st.one_of(
        st.tuples(st.builds(CreateBody, name=st.none() | NAMES), spec),
        st.tuples(st.builds(CloneBody, which, NAMES), st.none()),
        st.tuples(update, st.none() | spec),
        st.tuples(st.builds(AddKernelBody, which), st.none()),
        st.tuples(st.builds(RollbackBody, which, st.integers()), st.none()),
        st.tuples(st.builds(RemoveBody, which), st.none()),
    )


@COUNTS
def test_any_request(count: int, tmp_path: Path) -> None:
    make_prefix(tmp_path / "envs" / "lesson", "python3")
    (tmp_path / "home").mkdir()
    catalog = Catalog(CatalogOptions(roots=(tmp_path / "envs",)), environ_of(tmp_path / "home"))

    @cases(count)
    @given(requests(catalog))
    def run(asked: tuple[Body, str | None]) -> None:
        body, text = asked
        with suppress(EnvKernelsError):
            request = body.resolve(Context(catalog, catalog.find, text))
            assert request.prefix.parent == tmp_path / "envs"
            assert ENVIRONMENT_NAME.fullmatch(request.prefix.name)

    run()


KINDS = st.sampled_from(["create", "clone", "update", "add-kernel", "rollback", "remove", "plan", "", None, 1])
FIELDS = {
    **dict.fromkeys(
        ["environment", "source"], st.sampled_from(["0" * 12, "g" * 12, "0" * 13, "0" * 11 + "\n"]) | NESTED
    ),
    **dict.fromkeys(["text", "path", "name"], NAMES | NESTED),
    **dict.fromkeys(["add", "remove"], st.lists(NAMES, max_size=3) | NESTED),
    **dict.fromkeys(["prune", "upgrade", "force", "channels"], st.booleans() | NESTED),
    "revision": st.integers() | NESTED,
    "more": NESTED,
}
BODY = st.fixed_dictionaries({}, optional={"kind": KINDS, **FIELDS})
BODIES = BODY | st.fixed_dictionaries({"kind": st.just("plan"), "of": BODY | NESTED}) | NESTED


@COUNTS
def test_any_body(count: int) -> None:
    written = BODIES.map(lambda body: json.dumps(body, default=str).encode(errors="surrogatepass"))

    @cases(count)
    @given(st.one_of(written, st.binary(max_size=100), written.map(lambda data: data[:-1])), st.integers(0, 2))
    def run(data: bytes, which: int) -> None:
        with suppress(InvalidRequest, TooLarge):
            wire.read_body(data, (JobBody, wire.CheckBody, RemoveBody)[which])

    run()


def test_nesting_without_end() -> None:
    for opening in (b"[", b'{"a":', b'{"kind":"plan","of":'):
        with pytest.raises(InvalidRequest):
            wire.read_body(opening * 100_000, JobBody)
    for text in ("[" * 100_000, "{a: " * 50_000, "- " * 100_000, "a: &a [" + "*a, " * 10_000):
        assert is_sound(check(f"dependencies: {text}"))
