"""Parse YAML into nodes that know their line and column.

The events of ruamel.yaml's parser are composed here and not by ruamel.yaml, because specs are untrusted: tags make no
objects, duplicate keys are errors, nesting and the expansion of aliases are bounded, and nothing recurses.
Scalars resolve as in the YAML 1.2 core schema (https://yaml.org/spec/1.2.2/#103-core-schema), which conda uses too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from .remarks import Unreadable, shown, unreadable
from .text import lines_of
from .yaml_errors import TEMPLATE, explain

MAX_DEPTH = 16
MAX_NODES = 20_000
MAX_LOCK_NODES = 1_000_000
"""For a lock file. One of the largest size that is read has 700,000."""

Kind = Literal["null", "bool", "number", "text"]

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_NUMBER = re.compile(
    r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
    r"|[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN"
)


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value, as written; ``kind`` is its type in YAML."""

    line: int
    column: int
    text: str
    kind: Kind = "text"
    size = 1


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list. ``size`` counts the nodes in it and itself, aliases at full size."""

    line: int
    column: int
    items: tuple[Node, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in order; each key is a scalar and unique."""

    line: int
    column: int
    pairs: tuple[tuple[Scalar, Node], ...]
    size: int


Node: TypeAlias = Scalar | Sequence | Mapping


@dataclass(slots=True)
class _Open:
    """A list or mapping that has not been closed yet."""

    line: int
    column: int
    is_mapping: bool
    anchor: str | None
    children: list[Node] = field(default_factory=list)
    size: int = 1

    def close(self) -> Node:
        if not self.is_mapping:
            return Sequence(self.line, self.column, tuple(self.children), self.size)
        pairs = zip(self.children[::2], self.children[1::2], strict=True)
        return Mapping(self.line, self.column, tuple(_unique(pairs)), self.size)


def compose(text: str) -> Node | None:
    """Return the only document of a text; None if it has nothing but comments.

    Raises:
        Unreadable: it is not YAML, or exceeds the limits for a spec.
    """
    from ruamel.yaml import YAML  # noqa: PLC0415 - its import costs more than reading a spec
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    try:
        return _Composer().run(YAML(typ="safe", pure=True).parse(text))
    except YAMLError as error:
        raise Unreadable(explain(lines_of(text), error)) from error


def compose_lock(text: str) -> Node | None:
    """Compose a lock file. It can be large, so it is parsed in C, which supports YAML 1.1 only.

    Raises:
        Unreadable: it is not YAML, or exceeds the limits for a lock file.
    """
    import yaml  # type: ignore[import-untyped]  # noqa: PLC0415 - most specs are no lock files

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # a PyYAML without libyaml does the same slowly
    try:
        return _Composer(MAX_LOCK_NODES).run(yaml.parse(text, Loader=loader))
    except yaml.YAMLError as error:
        raise Unreadable(explain(lines_of(text), error)) from error


def fields(node: Node | None) -> dict[str, Node]:
    """Return the values of a mapping by their keys; none if the node is something else."""
    return {key.text: value for key, value in node.pairs} if isinstance(node, Mapping) else {}


def items(node: Node | None) -> tuple[Node, ...]:
    """Return the items of a list; none if the node is something else."""
    return node.items if isinstance(node, Sequence) else ()


def text_of(node: Node | None) -> str:
    """Return a single value as written; empty if it is null or the node is something else."""
    return node.text if isinstance(node, Scalar) and node.kind != "null" else ""


class _Composer:
    """Compose events into one node. Open nodes are kept on a stack, so that deep nesting does not recurse."""

    def __init__(self, max_nodes: int = MAX_NODES) -> None:
        self._max_nodes = max_nodes
        self._root: Node | None = None
        self._open: list[_Open] = []
        self._anchors: dict[str, Node] = {}

    def run(self, events: Iterator[Any]) -> Node | None:
        for event in events:
            kind = type(event).__name__
            if kind in ("MappingStartEvent", "SequenceStartEvent"):
                self._begin(event, is_mapping=kind == "MappingStartEvent")
            elif kind in ("MappingEndEvent", "SequenceEndEvent"):
                opened = self._open.pop()
                self._add(opened.close(), opened.anchor)
            elif kind == "ScalarEvent":
                self._add(_scalar(event), event.anchor)
            elif kind == "AliasEvent":
                self._add(self._alias(event), None)
            elif kind == "DocumentStartEvent" and self._root is not None:
                raise unreadable(
                    "several-documents",
                    *_place(event),
                    "A second YAML document begins here; a spec is one document.",
                    "Delete the line '---', or put the second document into a file of its own.",
                )
        return self._root

    def _begin(self, event: Any, *, is_mapping: bool) -> None:
        _refuse_tag(event)
        line, column = _place(event)
        if len(self._open) >= MAX_DEPTH:
            raise unreadable(
                "too-deep",
                line,
                column,
                f"More than {MAX_DEPTH} lists or mappings are nested here; an environment.yml needs three.",
                "Write each dependency on a line of its own below 'dependencies:'.",
            )
        self._open.append(_Open(line, column, is_mapping, event.anchor))

    def _add(self, node: Node, anchor: str | None) -> None:
        if anchor is not None:
            self._anchors[anchor] = node
        if not self._open:
            self._root = node
            return
        parent = self._open[-1]
        parent.children.append(node)
        parent.size += node.size
        if parent.size > self._max_nodes:
            raise unreadable(
                "too-many-nodes",
                parent.line,
                parent.column,
                f"This part has more than {self._max_nodes:,} entries, counting what each alias stands for.",
                "Write the entries out, and only those that the environment needs.",
            )

    def _alias(self, event: Any) -> Node:
        try:
            return self._anchors[event.anchor]
        except KeyError:
            name = shown(event.anchor)
            raise unreadable(
                "unknown-alias",
                *_place(event),
                f"The alias *{name} is not defined: no finished part before it is marked &{name}.",
                "Write the value in full; put text that begins with * in quotes.",
            ) from None


def _scalar(event: Any) -> Scalar:
    line, column = _place(event)
    _refuse_tag(event)
    plain = event.implicit[0]
    return Scalar(line, column, event.value, _kind(event.value) if plain else "text")


def _kind(text: str) -> Kind:
    if _NULL.fullmatch(text):
        return "null"
    if _BOOL.fullmatch(text):
        return "bool"
    return "number" if _NUMBER.fullmatch(text) else "text"


def _refuse_tag(event: Any) -> None:
    # The tags of YAML, such as !!python/tuple in old exports, are harmless: no objects are made from tags.
    if event.tag not in {None, "!"} and not str(event.tag).startswith("tag:yaml.org,2002:"):
        raise unreadable(
            "yaml-tag",
            *_place(event),
            f"The YAML tag {shown(str(event.tag))} is not supported in a spec.",
            "Delete the word that begins with '!'; put text that begins with ! in quotes.",
        )


def _unique(pairs: Iterator[tuple[Node, Node]]) -> Iterator[tuple[Scalar, Node]]:
    seen: dict[str, Scalar] = {}
    for key, value in pairs:
        if isinstance(key, Mapping):
            raise unreadable("template", key.line, key.column, *TEMPLATE)
        if isinstance(key, Sequence):
            raise unreadable(
                "yaml-syntax",
                key.line,
                key.column,
                "There is a list where a key is expected.",
                "A key is a word before a colon, such as 'dependencies:'.",
            )
        if key.text == "<<":
            raise unreadable(
                "merge-key",
                key.line,
                key.column,
                "Merge keys, '<<:', are not supported.",
                "Write the entries out where they are needed.",
            )
        if key.text in seen:
            raise unreadable(
                "duplicate-key",
                key.line,
                key.column,
                f"The key '{shown(key.text)}' is already used in line {seen[key.text].line}.",
                "Put the entries of both under one key.",
            )
        seen[key.text] = key
        yield key, value


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
