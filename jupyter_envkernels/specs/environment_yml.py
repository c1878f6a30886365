"""Read environment.yml as conda does, and write it.

Format: CEP 24, https://conda.org/learn/ceps/cep-0024/. ``docs/specs.md`` says what is done where conda's two readers
differ, and where conda silently drops something.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace

from ..models import CheckedSpec, Diagnostic, EnvSpec, Fix, Severity
from ..suggestions import nearest
from .document import Document
from .fixes import rewrite
from .match_specs import Dependency, meant, understand
from .remarks import CREDENTIALS, Position, Unreadable, remark, shown, unreadable
from .text import lines_of
from .yaml_errors import missing_dash_space
from .yaml_nodes import Mapping, Node, Scalar, Sequence, compose

KEYS = ("name", "channels", "dependencies", "variables", "prefix")
_LIKE_PIP = ("pip", "pips", "pip3", "pypi")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_BEGINNING = "Begin with 'dependencies:' and a line '  - python'."


def parse(text: str) -> CheckedSpec:
    """Read an environment.yml; diagnostics are those on its structure, without those of ``lint``."""
    try:
        document, diagnostics = read(text)
    except Unreadable as error:
        return CheckedSpec(None, (error.diagnostic,))
    return CheckedSpec(document.spec(), tuple(diagnostics))


def write(spec: EnvSpec) -> str:
    """Return the text of an environment.yml that reads back as this spec; empty parts are omitted."""
    from ruamel.yaml import YAML  # noqa: PLC0415 - its import costs more than writing a spec

    dependencies: list[object] = list(spec.dependencies)
    if spec.pip:
        dependencies.append({"pip": list(spec.pip)})
    document: dict[str, object] = {"name": spec.name} if spec.name else {}
    if spec.channels:
        document["channels"] = list(spec.channels)
    document["dependencies"] = dependencies
    if spec.variables:
        document["variables"] = dict(spec.variables)
    yaml = YAML()
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.width = 2**16  # a line of pip is one line
    stream = io.StringIO()
    yaml.dump(document, stream)
    return stream.getvalue()


def read(text: str) -> tuple[Document, list[Diagnostic]]:
    """Return the readable parts of a text, and diagnostics on its structure and its match specs.

    Raises:
        Unreadable: it has no spec.
    """
    root = compose(text)
    if root is None or (isinstance(root, Scalar) and root.kind == "null"):
        raise unreadable("empty", 1, 1, "The spec is empty.", _BEGINNING)
    lines = lines_of(text)
    if not isinstance(root, Mapping):
        if isinstance(root, Scalar) and (mistake := missing_dash_space(lines[root.line - 1], root.line)):
            raise Unreadable(mistake)
        message = f"The spec is {_kind(root)} and not a mapping with the key 'dependencies'."
        raise unreadable("not-a-mapping", root.line, root.column, message, _BEGINNING)
    reader = _SpecReader(root, lines)
    return reader.document(), reader.diagnostics


class _SpecReader:
    """Reads the parts of the top mapping; what cannot be read becomes a diagnostic."""

    def __init__(self, root: Mapping, lines: list[str]) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._lines = lines
        self._root = root
        self._values = {key.text: value for key, value in root.pairs}

    def document(self) -> Document:
        for key, _ in self._root.pairs:
            if key.text not in KEYS:
                self._unknown_key(key)
        dependencies, sections = self._dependencies()
        return Document(
            name=self._scalar("name"),
            prefix=self._scalar("prefix"),
            channels=tuple(self._channels()),
            dependencies=tuple(dependencies),
            pip=tuple(line for _, value in sections for line in self._pip_lines(value)),
            pip_sections=tuple(key for key, _ in sections),
            variables=dict(self._variables()),
            lines=self._lines,
        )

    def _say(self, severity: Severity, code: str, place: Position, message: str, remedy: str) -> None:
        self.diagnostics.append(remark(severity, code, place, message, remedy))

    def _unknown_key(self, key: Scalar) -> None:
        if key.text.lower() == "pip":
            remedy = "Write '- pip:' as the last entry of 'dependencies:', and its lines below it, indented further."
            self._say("warning", "unknown-key", key, "The key 'pip' is outside the list and is ignored.", remedy)
            return
        near = nearest(key.text, [k for k in KEYS if k not in self._values])
        remedy = f"Did you mean '{near[0]}'?" if near else f"Known keys: {', '.join(KEYS)}."
        self._say("warning", "unknown-key", key, f"The key '{shown(key.text)}' is not known and is ignored.", remedy)

    def _scalar(self, key: str) -> Scalar | None:
        value = self._values.get(key)
        if value is None or (isinstance(value, Scalar) and value.kind == "null"):
            return None
        if not isinstance(value, Scalar):
            self._say("error", "wrong-type", value, f"'{key}' is {_kind(value)}.", f"Write one word after '{key}: '.")
            return None
        if value.kind != "text":
            message = f"'{key}: {shown(value.text)}' is {_kind(value)} in YAML, which conda refuses."
            self._say("warning", "not-quoted", value, message, f'Put it in quotes: {key}: "{value.text}".')
        return value

    def _list(self, key: str, example: str) -> tuple[Node, ...]:
        """Return the items of a list; none, with a diagnostic, if the value is something else."""
        value = self._values.get(key)
        if isinstance(value, Sequence):
            return value.items
        if value is None:
            return ()
        if isinstance(value, Scalar) and (mistake := missing_dash_space(self._lines[value.line - 1], value.line)):
            self.diagnostics.append(mistake)
            return ()
        remedy = f"Write each on a line of its own below '{key}:', as '  - {example}'."
        self._say("error", "wrong-type", value, f"'{key}' is {_kind(value)} and not a list.", remedy)
        return ()

    def _channels(self) -> Iterator[Scalar]:
        for item in self._list("channels", "conda-forge"):
            if isinstance(item, Scalar) and item.kind == "text" and item.text.strip():
                yield item
            elif isinstance(item, Scalar) and item.kind == "text":
                remedy = "Write the name or the URL of a channel, or delete the entry."
                self._say("error", "invalid-channel", item, "The entry is empty and names no channel.", remedy)
            else:
                remedy = "Write the name or the URL of a channel; packages go below 'dependencies:'."
                self._say("error", "wrong-type", item, f"A channel is a word, and this is {_kind(item)}.", remedy)

    def _dependencies(self) -> tuple[list[Dependency], list[tuple[Scalar, Node]]]:
        """Return the conda packages, and the ``pip:`` sections by their keys."""
        value = self._values.get("dependencies")
        if value is None:
            self._say("error", "no-dependencies", self._root, "The key 'dependencies' is missing.", _BEGINNING)
        is_null = isinstance(value, Scalar) and value.kind == "null"
        items = () if is_null else self._list("dependencies", "python")
        if is_null or (isinstance(value, Sequence) and not items):
            message = "The list of dependencies is empty, so the environment will be empty."
            self._say("warning", "no-packages", value or self._root, message, "Add a line '  - python'.")
        found = [dependency for item in items if (dependency := self._dependency(item)) is not None]
        return found, [section for item in items if isinstance(item, Mapping) for section in self._sections(item)]

    def _dependency(self, item: Node) -> Dependency | None:
        if isinstance(item, Mapping):
            return None
        if isinstance(item, Scalar) and item.kind == "text":
            dependency, remarks = understand(item)
            self.diagnostics += remarks
            return dependency
        remedy = "Write one package a line: '- name', or '- name=version'."
        self._say("error", "wrong-type", item, f"A dependency is a word, and this is {_kind(item)}.", remedy)
        return None

    def _sections(self, item: Mapping) -> Iterator[tuple[Scalar, Node]]:
        for key, value in item.pairs:
            if key.text == "pip":
                yield key, value
            elif wanted := meant(key, value):
                written = f"{key.text}: {value.text}" if isinstance(value, Scalar) else key.text
                message = f"'{shown(written.strip())}' is a key in YAML, not a package."
                fix = self._rewritten(key, value, wanted)
                said = remark("error", "invalid-match-spec", key, message, f"Write '{shown(wanted)}'.", fix=fix)
                self.diagnostics.append(said)
            else:
                self._unknown_section(key)

    def _unknown_section(self, key: Scalar) -> None:
        message = f"Conda does not know the section '{shown(key.text)}:'; its packages are not installed."
        remedy = "List its packages as plain entries; put those for other platforms into another file."
        fix = None
        if key.text.lower() in _LIKE_PIP:
            remedy = "Did you mean 'pip:'?"
            fix = rewrite("Change to pip", self._lines, [(key, "pip")])
        self.diagnostics.append(remark("warning", "unknown-section", key, message, remedy, fix=fix))

    def _rewritten(self, key: Scalar, value: Node, wanted: str) -> Fix | None:
        """Return the fix for a key and a value in one line that are one package."""
        if not isinstance(value, Scalar) or value.line != key.line:
            return None
        line = self._lines[key.line - 1]
        if line[: key.column - 1].strip() != "-":
            return None
        end = value.column - 1 + len(value.text)
        end += 2 * (line[value.column - 1 : value.column] in ("'", '"'))
        written = Scalar(key.line, key.column, line[key.column - 1 : end].rstrip())
        return rewrite(f"Change to {wanted}", self._lines, [(written, wanted)])

    def _pip_lines(self, value: Node) -> Iterator[Scalar]:
        if isinstance(value, Scalar):
            if value.kind != "null":
                remedy = "Write the line below 'pip:', indented further, as '- ...'."
                self._say("warning", "pip-not-a-list", value, "'pip:' is one line and not a list.", remedy)
                yield value
            return
        for item in value.items if isinstance(value, Sequence) else (value,):
            if isinstance(item, Scalar) and item.kind != "null":
                # conda writes them into a requirements file, where each line is a requirement
                yield from (replace(item, text=line) for line in re.split(r"[\r\n]", item.text) if line.strip())
            else:
                remedy = "Write one requirement a line; put a line with ': ' in quotes."
                self._say("error", "wrong-type", item, f"A line for pip is text, and this is {_kind(item)}.", remedy)

    def _variables(self) -> Iterator[tuple[str, str]]:
        value = self._values.get("variables")
        if value is None or (isinstance(value, Scalar) and value.kind == "null"):
            return
        if not isinstance(value, Mapping):
            remedy = "Write them below 'variables:', each as '  NAME: value'."
            self._say("error", "wrong-type", value, f"'variables' is {_kind(value)} and not a mapping.", remedy)
            return
        for key, text in value.pairs:
            name = shown(key.text)
            if isinstance(text, Scalar) and text.kind == "null":
                message = f"The variable {name} has no value and is ignored."
                self._say("warning", "no-value", key, message, f'Write {name}: "" for an empty value.')
            elif isinstance(text, Scalar):
                self._variable(key, text)
                yield key.text, text.text
            else:
                message = f"The value of the variable {name} is {_kind(text)}."
                self._say(
                    "error", "wrong-type", text, message, "Write it as text; put it in quotes if it has brackets."
                )

    def _variable(self, key: Scalar, value: Scalar) -> None:
        """Check a variable that has a value."""
        name = shown(key.text)
        if not key.text or "=" in key.text:
            remedy = "Write '  NAME: value'; a name has letters, digits and '_'."
            self._say("error", "invalid-variable", key, f"'{name}' cannot be the name of a variable.", remedy)
        elif not _VARIABLE.fullmatch(key.text):
            message = f"Shells cannot use a variable named '{name}'."
            self._say("warning", "invalid-variable", key, message, "Write letters, digits and '_' only.")
        if CREDENTIALS.search(value.text):
            message = f"The variable {name} contains a password or a token, which is stored in the environment."
            remedy = "Remove it, and set the variable where Jupyter is started."
            self._say("warning", "credentials-in-url", value, message, remedy)


def _kind(node: Node) -> str:
    """Return the type of a node in the words of messages."""
    if isinstance(node, Scalar):
        return {"null": "empty", "bool": "true or false", "number": "a number", "text": "text"}[node.kind]
    return "a list" if isinstance(node, Sequence) else "a mapping"
