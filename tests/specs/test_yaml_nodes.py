from __future__ import annotations

import pytest

from jupyter_envkernels.specs.remarks import Unreadable
from jupyter_envkernels.specs.yaml_nodes import MAX_DEPTH, MAX_NODES, Mapping, Scalar, Sequence, compose


def code(text: str) -> str:
    with pytest.raises(Unreadable) as caught:
        compose(text)
    return caught.value.diagnostic.code


def test_places_count_from_one() -> None:
    root = compose("a: 1\nb:\n  - x\n  - - y\n")
    assert isinstance(root, Mapping)
    assert (root.line, root.column) == (1, 1)
    key, value = root.pairs[1]
    assert (key.line, key.column, key.text) == (2, 1, "b")
    assert isinstance(value, Sequence)
    assert [(item.line, item.column) for item in value.items] == [(3, 5), (4, 5)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("~", "null"),
        ("null", "null"),
        ("true", "bool"),
        ("FALSE", "bool"),
        ("1", "number"),
        ("-1.5e3", "number"),
        (".5", "number"),
        ("0x1f", "number"),
        (".inf", "number"),
        ("yes", "text"),
        ("on", "text"),
        ("1.2.3", "text"),
        ("1_000", "text"),
        ("2025-01-01", "text"),
        ("'1'", "text"),
        ('"true"', "text"),
        ("!!str 1", "text"),
        ("|\n  1", "text"),
    ],
)
def test_kinds_of_yaml_1_2(text: str, kind: str) -> None:
    root = compose(f"a: {text}\n")
    assert isinstance(root, Mapping)
    value = root.pairs[0][1]
    assert isinstance(value, Scalar)
    assert value.kind == kind


def test_nothing_but_comments() -> None:
    assert compose("# nothing\n") is None


def test_an_alias_is_its_anchor() -> None:
    root = compose("[&x {a: 1}, *x]")
    assert isinstance(root, Sequence)
    assert root.items[0] is root.items[1]


def test_tags_of_python_make_no_object() -> None:
    root = compose("!!python/object/apply:os.getcwd []")
    assert root == Sequence(1, 1, (), 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: *b", "unknown-alias"),
        ("a: &b [*b]", "unknown-alias"),
        ("a: !x 1", "yaml-tag"),
        ("a: 1\na: 2", "duplicate-key"),
        ("{a: 1, 'a': 2}", "duplicate-key"),
        ("? [a]\n: 1", "yaml-syntax"),
        ("a: 1\n---\nb: 2", "several-documents"),
        ("a: 1\n<<: {b: 2}", "merge-key"),
        ("[" * (MAX_DEPTH + 1), "too-deep"),
        ("- " * (MAX_DEPTH + 1), "too-deep"),
        ("[" + "1," * MAX_NODES + "]", "too-many-nodes"),
    ],
)
def test_what_is_refused(text: str, expected: str) -> None:
    assert code(text) == expected


def test_aliases_count_at_full_size() -> None:
    laughs = "a: &a [x,x,x,x,x,x,x,x,x]\n"
    for name, before in zip("bcdefghi", "abcdefgh", strict=True):
        laughs += f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n"
    assert code(laughs) == "too-many-nodes"
