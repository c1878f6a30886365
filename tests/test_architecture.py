"""ARCHITECTURE.md and the package say the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Container, Iterator, Mapping
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "jupyter_envkernels"
TESTS = ROOT / "tests"
LINE = re.compile(r"(?P<indent> *)(?P<name>[\w./-]+)(?:  +(?P<words>\S.*))?")


def described() -> Iterator[tuple[PurePosixPath, str]]:
    """Return each file and folder of the list of packages, relative to the package, and what is said of it."""
    text = (ROOT / "ARCHITECTURE.md").read_text()
    tree = text.split("```\njupyter_envkernels/\n", 1)[1].split("```", 1)[0]
    folders: list[tuple[int, PurePosixPath]] = []
    for line in tree.splitlines():
        match = LINE.fullmatch(line)
        if match is None or len(match["indent"]) > 12:
            continue  # the second line of a description
        depth = len(match["indent"])
        folders = [entry for entry in folders if entry[0] < depth]
        path = (folders[-1][1] if folders else PurePosixPath()) / match["name"]
        if match["name"].endswith("/"):
            folders.append((depth, path))
        yield path, match["words"] or ""


def entries() -> set[PurePosixPath]:
    """Return the subpackages of the package, and the modules beside them."""
    folders = {path.parent for path in PACKAGE.rglob("__init__.py")} - {PACKAGE}
    modules = {path for path in PACKAGE.glob("*.py") if path.name not in {"__init__.py", "_version.py"}}
    return {PurePosixPath(path.relative_to(PACKAGE)) for path in folders | modules}


def test_every_package_is_named_and_every_name_is_there() -> None:
    named = {path for path, _ in described()}
    assert entries() <= named
    assert [path for path in named if not (PACKAGE / path).exists()] == []


def test_each_says_what_it_is() -> None:
    assert [str(path) for path, words in described() if len(words.split()) < 3] == []
    docstrings = {path: ast.get_docstring(ast.parse(path.read_text())) or "" for path in PACKAGE.rglob("*.py")}
    del docstrings[PACKAGE / "_version.py"]
    assert [path for path, words in docstrings.items() if len(words.split()) < 3] == []


GUIDES = ("cli", "envs", "envs/conda_config", "kernels", "models", "server", "specs", "specs/lockfiles", "system")
"""Packages whose docstring says which module does what."""


@pytest.mark.parametrize("package", GUIDES)
def test_a_package_names_its_modules(package: str) -> None:
    guide = ast.get_docstring(ast.parse((PACKAGE / package / "__init__.py").read_text())) or ""
    modules = {path.stem for path in (PACKAGE / package).glob("*.py")} - {"__init__", "__main__"}
    assert [module for module in sorted(modules) if not re.search(rf"\b{module}\b", guide)] == []


OPENS_FILES_ITSELF = {
    "files.py": "the one safe way",
    "cli/program.py": "the null device",
    "cli/spec_files.py": "a file that the user names, which may be a pipe of the shell",
    "engine/export.py": "a file in a temporary folder of its own",
    "engine/fetch/cache_lock.py": "the lock of the user's own package cache",
    "engine/fetch/package_cache.py": "the user's own package cache",
    "engine/link/package_records.py": "a record that is written, into a new file",
    "engine/fetch/partial_archives.py": "the user's own package cache",
    "engine/link/conda_meta.py": "a history and a lock that are written",
    "engine/link/permissions.py": "files of an environment, without blocking; only regular ones are read",
    "engine/transaction/staging.py": "marks in folders that the job made",
    "engine/link/clone.py": "files of a tree that was listed as regular",
    "engine/link/tree.py": "files of a tree that was listed as regular",
    "envs/activation_scripts.py": "files in a temporary folder of its own",
    "system/linux.py": "/proc",
    "system/macos.py": "a program that a job has just written",
}
"""Modules that open files otherwise than by ``files``, and why that is safe; those of jobs have the user's journal."""


def opens_of(path: Path) -> Iterator[int]:
    """The lines of a module that open a file for reading."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in {"open", "read_text", "read_bytes"}:
                yield node.lineno


def test_files_that_others_could_have_made_are_read_in_one_way() -> None:
    names = {path: path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py")}
    found = {name: list(opens_of(path)) for path, name in names.items() if not name.startswith("jobs/")}
    assert {name: lines for name, lines in found.items() if lines and name not in OPENS_FILES_ITSELF} == {}
    assert [name for name in OPENS_FILES_ITSELF if not found.get(name)] == []


TESTED_ELSEWHERE = {
    "_version.py": "written by the build",
    "__main__.py": "cli/test_program.py",
    "cli/__main__.py": "cli/test_program.py",
    "cli/bar.py": "cli/test_progress.py",
    "cli/kernel_hints.py": "cli/test_programs.py",
    "cli/spec_files.py": "cli/test_download.py",
    "cli/questions.py": "cli/test_removal.py",
    "cli/usage.py": "cli/test_parser.py",
    "cli/settings.py": "cli: all commands go through it",
    "cli/launch.py": "kernels/test_launcher.py",
    "documents.py": "server: each answer is checked against its schema; tools/test_schemas.py",
    "engine/explain/candidates.py": "engine/explain/test_diagnosis.py",
    "engine/explain/channel_search.py": "cli/test_search.py",
    "engine/explain/conflicts.py": "engine/explain/test_diagnosis.py",
    "engine/operations": "engine/transaction: each kind is run",
    "engine/rattler.py": "engine/test_backend.py",
    "engine/solve/channel_index.py": "engine/explain/test_channel_lint.py",
    "engine/transaction/swap.py": "engine/transaction/test_updates.py",
    "kernels/start.py": "kernels/test_provisioner.py",
    "models/fields.py": "types alone",
    "models/job.py": "types alone",
    "models/reclaim.py": "types alone",
    "models/request.py": "types alone",
    "models/server_settings.py": "types alone",
    "models/spec.py": "types alone",
    "specs/document.py": "types alone",
    "system": "system/test_system.py: all systems in one",
}
"""Modules and packages without a test file of their name, and where or why."""


PANEL_TESTED_ELSEWHERE = {
    "components/environment/overviewdetails.tsx": "components/environment/overview.spec.tsx",
    "components/environment/overviewfoot.tsx": "components/environment/overview.spec.tsx",
    "components/environment/runningnotebooks.tsx": "components/environment/overview.spec.tsx",
    "components/environment/section.tsx": "components/environment/overview.spec.tsx",
    "components/list/environmentrow.tsx": "components/list/environmentlist.spec.tsx",
    "components/list/environmenttree.tsx": "components/list/environmentlist.spec.tsx",
    "components/list/marks.tsx": "components/list/environmentlist.spec.tsx",
    "components/icons.tsx": "components/list/environmentlist.spec.tsx",
    "components/spec/updateoptions.tsx": "browser/test_changes.py",
    "panel/commands.ts": "browser/test_panel.py",
    "panel/environmentview.tsx": "panel/workspace.spec.ts",
    "panel/historypage.tsx": "panel/workspace.spec.ts",
    "panel/jobpanel.tsx": "panel/workspace.spec.ts",
    "panel/logpage.tsx": "panel/workspace.spec.ts",
    "panel/overviewpage.tsx": "panel/workspace.spec.ts",
    "panel/packagespage.tsx": "panel/workspace.spec.ts",
    "panel/page.ts": "panel/workspace.spec.ts",
    "panel/sidebar.tsx": "browser/test_panel.py",
    "panel/speceditor.tsx": "panel/workspace.spec.ts",
    "panel/specfields.tsx": "panel/workspace.spec.ts",
    "panel/starter.ts": "panel/controller.spec.ts",
    "panel/workspacetab.ts": "browser/test_drafts.py",
    "model/draftstorage.ts": "model/drafts.spec.ts",
    "plugins": "browser: JupyterLab and Notebook load them",
    "svg.d.ts": "types alone",
    "tokens.ts": "types alone",
    "types": "written from the schemas",
}


def check_tests(modules: Collection[Path], tested: Container[Path], elsewhere: Mapping[str, str], *tests: Path) -> None:
    """Check that each module has tests of its name, or a reason for none; and that no reason is out of date."""
    excused = {path: {str(path), str(path.parent)} & elsewhere.keys() for path in modules if path not in tested}
    assert [path for path, names in excused.items() if not names] == []
    assert elsewhere.keys() - set().union(*excused.values()) == set()
    places = {reason.split(":")[0] for reason in elsewhere.values() if "/" in reason or ":" in reason}
    assert [place for place in places if not any((folder / place).exists() for folder in tests)] == []


def test_a_module_has_a_test_file_of_its_name_or_says_why_not() -> None:
    modules = {path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"}
    tested = {path for path in modules if (TESTS / path.parent / f"test_{path.name}").exists()}
    check_tests(modules, tested, TESTED_ELSEWHERE, TESTS)


def test_so_does_a_module_of_the_panel() -> None:
    source = ROOT / "labextension/src"
    specs = source / "__tests__"
    modules = {path.relative_to(source) for path in source.rglob("*.ts*") if specs not in path.parents}
    modules = {path for path in modules if path.stem != "index"}
    tested = {path for path in modules if list((specs / path.parent).glob(f"{path.stem}.spec.ts*"))}
    check_tests(modules, tested, PANEL_TESTED_ELSEWHERE, TESTS, specs)
