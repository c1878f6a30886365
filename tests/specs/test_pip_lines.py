from __future__ import annotations

import time

import pytest

from jupyter_envkernels.models import LineEdit, PipInstaller
from jupyter_envkernels.specs import check
from jupyter_envkernels.specs.pip_lines import pip_line_remarks
from jupyter_envkernels.specs.yaml_nodes import Scalar

DIGITS = "0" * 64


@pytest.mark.parametrize("installer", ["uv", "pip"])
@pytest.mark.parametrize(
    "line",
    [
        "numpy",
        "numpy >= 1.26, <2  # two words",
        "a[x, y] ~= 1.0 ; python_version < '4'",
        "a @ https://host/a-1-py3-none-any.whl",
        "a @ file:./a",
        f"a==1.* --hash=sha256:{DIGITS}",
        f"a==1 --hash sha256:{DIGITS}",
        "a (>=1,<2)",
        "a===1.0 ; os_name == 'posix'",
        "a==${VERSION}",
        "git+https://host/a.git@v1",
        "git+ssh://git@host/a/b.git@v1#egg=b",
        "https://host/a.tar.gz?x=1#sha256=00",
        "./a b",
        "-e .",
        "-e.",
        "-r base.txt",
        "-rbase.txt",
        "-r file:///folder/base.txt",
        "-r a.txt -c b.txt",
        "-chttps://host/c.txt",
        "--index-url=https://host/simple",
        "--index-url ${INDEX}",
        "-i https://host/simple",
        "-ihttps://host/simple",
        "--no-binary a,b",
        "--pre",
        "${TOKEN}",
        "# a>=",
    ],
)
def test_what_pip_takes(line: str, installer: PipInstaller) -> None:
    assert list(pip_line_remarks([Scalar(1, 1, line)], [line], installer)) == []


@pytest.mark.parametrize("installer", ["uv", "pip"])
@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nump y", "There are several words in one line."),
        ("numpy scipy>=1", "There are several words in one line."),
        ("foo==", "There is no version after the comparison."),
        ("foo>=1,<", "There is no version after the comparison."),
        ("foo>= ; python_version<'4'", "There is no version after the comparison."),
        ("-U foo2", "an option of pip's command line"),
        ("--upgrade", "an option of pip's command line"),
        ("--user", "an option of pip's command line"),
        ("foo --upgrade", "an option of pip's command line"),
        ("foo=1.2", "pip needs '=='"),
        ("foo~=1.*", "'.*' is allowed only after"),
        ("foo>1+local", "A local version"),
        ("foo[x", "pip cannot read it: "),
        ("foo==2004d", "pip cannot read it: "),
        ("foo ; python_version >= 3.8", "pip cannot read it: "),
        ("foo;" + 400 * "(", "pip cannot read it: "),
        ("foo_", "A name ends with"),
        ("foo==1 --hash=sha256:00", "not the hash of a file"),
        ("foo==1 --hash", "The option --hash has no value."),
        (f"foo --hash=sha256:{DIGITS} bar", "There is text after its options."),
        ("-r 'more.txt", "A quote is not closed."),
        ("-r", "The option -r has no value."),
        ("--index-url pypi.org", "'pypi.org' is not a URL."),
        ("~/foo", "'~' is not expanded here."),
        ("https://[host/foo.whl", "This is not a URL."),
        ("foo @ https://host/foo.whl", "not the name of a wheel"),
    ],
)
def test_what_pip_refuses(line: str, words: str, installer: PipInstaller) -> None:
    (said,) = pip_line_remarks([Scalar(3, 5, line)], ["", "", f"  - {line}"], installer)
    assert (said.severity, said.code, said.line, said.column) == ("error", "invalid-requirement", 3, 5)
    assert words in said.message
    assert said.remedy


ONLY_PIP = [
    "foo --config-settings a=b",
    "foo;",
    "hg+https://host/foo",
    "https://host/foo",
    "foo===text",
    "--config-settings a=b",
]
ONLY_UV = ["foo @ ./foo", "-e foo @ ./foo"]


@pytest.mark.parametrize(("installer", "refused", "taken"), [("uv", ONLY_PIP, ONLY_UV), ("pip", ONLY_UV, ONLY_PIP)])
def test_the_chosen_installer_decides(installer: PipInstaller, refused: list[str], taken: list[str]) -> None:
    for line in refused:
        assert [said.severity for said in pip_line_remarks([Scalar(1, 1, line)], [line], installer)] == ["error"]
    for line in taken:
        assert list(pip_line_remarks([Scalar(1, 1, line)], [line], installer)) == []


@pytest.mark.parametrize("line", ["foo --extra-index-url https://host/simple", "-f wheels foo"])
def test_what_pip_passes_over_is_a_warning(line: str) -> None:
    (said,) = pip_line_remarks([Scalar(1, 1, line)], [line], "pip")
    assert said.severity == "warning"


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("foo>=1.*", ["foo>=1"]),
        ("foo>=1.*,<2.*", ["foo>=1,<2"]),
        ("foo~=1", ["foo~=1.0"]),
        ("foo=>1", ["foo>=1"]),
        ("foo=1.2=py_0", ["foo==1.2"]),
        ("foo >=1 <2 ; os_name=='x'", ["foo >=1,<2 ; os_name=='x'"]),
        ("foo#why", ["foo  #why"]),
        ("pip install foo", ["foo"]),
        ("foo (/home/ada/foo)==1.2", ["foo==1.2"]),
        (f"foo==1--hash=sha256:{DIGITS}", [f"foo==1 --hash=sha256:{DIGITS}"]),
        ("-r file:more.txt", ["-r more.txt"]),
        ("-cfile:./c.txt", ["-c ./c.txt"]),
        ("-U foo", ["foo"]),
        ("--upgrade -x", []),
        ("-e ./foo-1.tar.gz", ["./foo-1.tar.gz"]),
        ("foo==1 -i https://host/simple", ["--index-url https://host/simple", "foo==1"]),
        (
            f"foo==1 --pre --hash=sha256:{DIGITS} -r more.txt",
            ["--pre", "-r more.txt", f"foo==1 --hash sha256:{DIGITS}"],
        ),
        ("-f wheels foo", ["--find-links wheels", "foo"]),
        ("https://github.com/ada/foo", ["git+https://github.com/ada/foo"]),
        ("foo @ https://gitlab.com/ada/foo ; os_name=='x'", ["foo @ git+https://gitlab.com/ada/foo ; os_name=='x'"]),
        ("git+git@host:ada/foo.git", ["git+ssh://git@host/ada/foo.git"]),
        ("git://host/foo.git", ["git+https://host/foo.git"]),
    ],
)
def test_where_there_is_one_plain_way_it_is_a_fix(line: str, wanted: list[str]) -> None:
    (said,) = pip_line_remarks([Scalar(1, 5, line)], [f'  - "{line}"  # why'])
    assert said.severity == "error"
    texts = [text for edit in said.fix.edits for text in (edit.after or "").splitlines()] if said.fix else []
    assert texts == [f'  - "{text}"' for text in wanted[:-1]] + [f'  - "{text}"  # why' for text in wanted[-1:]]


def test_lines_that_go_on_are_one() -> None:
    lines = ["foo==1 \\", f"    --hash=sha256:{DIGITS}", "--upgrade"]
    (said,) = pip_line_remarks([Scalar(n, 1, line) for n, line in enumerate(lines, 1)], lines)
    assert said.line == 3
    (said,) = pip_line_remarks([Scalar(1, 1, "foo==1--hash=x \\")], ["foo==1--hash=x \\"])
    assert said.line == 1


def test_a_single_sign_is_doubled() -> None:
    checked = check("dependencies:\n  - pip\n  - pip:\n    - 'tides = 1.2'  # why\n")
    (said,) = checked.diagnostics
    assert said.fix is not None
    assert said.fix.edits == (LineEdit(4, "    - 'tides = 1.2'  # why", "    - 'tides == 1.2'  # why"),)


@pytest.mark.parametrize(
    "line",
    [
        "a" + "=" * 60_000 + "x",
        "a" + ",=" * 30_000,
        "a" + " " * 60_000,
        "a[" * 30_000,
        "a " * 30_000,
        "a --x " * 10_000,
        "a~=1" + "~" * 990,
        "a --hash=x " + "'" * 60_001,
    ],
)
def test_long_lines_take_no_time(line: str) -> None:
    begun = time.process_time()
    list(pip_line_remarks([Scalar(1, 1, line)], [line]))
    assert time.process_time() - begun < 1


def test_of_a_long_line_the_beginning_is_judged() -> None:
    line = "foo==1" + f" --hash=sha256:{DIGITS}" * 100
    assert list(pip_line_remarks([Scalar(1, 1, line)], [line])) == []
    assert len(list(pip_line_remarks([Scalar(1, 1, f"foo>=1.* {line}")], [line]))) == 1
