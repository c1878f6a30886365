from __future__ import annotations

import pytest

from jupyter_envkernels.specs.pip_options import LocalPath, is_place, local_paths, parse, plain_lines


@pytest.mark.parametrize(
    ("line", "plain"),
    [
        ("-rmore.txt", ["-r more.txt"]),
        ("-cmore.txt  # why", ["-c more.txt"]),
        ("-ihttps://host/simple", ["--index-url https://host/simple"]),
        ("-fwheels", ["--find-links wheels"]),
        ("-e.", ["-e ."]),
        ("--index https://host/simple", ["--index-url https://host/simple"]),
        ("--pypi-url=https://host/simple", ["--index-url https://host/simple"]),
        ("--const=c.txt", ["-c c.txt"]),
        ("-r a.txt -cb.txt --pre", ["-r a.txt", "-c b.txt", "--pre"]),
        ("-f wheels --no-index", ["--find-links wheels", "--no-index"]),
        ("--no-binary a,b", ["--no-binary a", "--no-binary b"]),
        ("-r'a b.txt'", ["-r 'a b.txt'"]),
    ],
)
def test_options_are_written_out(line: str, plain: list[str]) -> None:
    assert plain_lines([line]) == plain
    assert plain_lines(plain) == plain


@pytest.mark.parametrize(
    "line",
    [
        "-r more.txt",
        "--requirement=more.txt",
        "-r a b.txt",
        "-i https://host/simple",
        "--extra-index-url=https://host/simple",
        "--no-binary :all:",
        "--pre",
        "-e .",
        "# -rmore.txt",
        "rich==13 --hash=sha256:00",
        "--unknown -rmore.txt",
        "-r 'open",
    ],
)
def test_what_both_read_stays_as_it_is(line: str) -> None:
    assert plain_lines([line]) == [line]


def test_lines_that_go_on_are_joined() -> None:
    assert plain_lines(["rich==13 \\", "  --hash=sha256:00", "six \\"]) == ["rich==13   --hash=sha256:00", "six "]


def test_a_requirement_with_its_options() -> None:
    line = parse('demo[x]>=1 ; python_version<"4" --hash=sha256:00 --config-settings "a=b c" more  # why')
    assert line.requirement == 'demo[x]>=1 ; python_version<"4"'
    assert [(option.name, option.value) for option in line.options] == [
        ("hash", "sha256:00"),
        ("config-settings", "a=b c"),
    ]
    assert line.rest == ("more",)
    assert parse("-i").options[0].value is None
    assert parse("--req x").options[0].name == ""  # it could be one of two


@pytest.mark.parametrize(
    ("line", "paths"),
    [
        ("-r more.txt", [LocalPath("requirement", "more.txt")]),
        ("-cfile:///a/c.txt", [LocalPath("constraint", "/a/c.txt")]),
        ("-e ./my code", [LocalPath("editable", "./my code")]),
        ("-e ./mine[x]", [LocalPath("editable", "./mine")]),
        ("-e file:///a/mine#egg=mine", [LocalPath("editable", "/a/mine")]),
        ("mine @ file:///a%20b/mine#subdirectory=in", [LocalPath("place", "/a b/mine/in")]),
        ("./mine ; python_version<'4'", [LocalPath("place", "./mine")]),
        ("mine-1.0.tar.gz", [LocalPath("place", "mine-1.0.tar.gz")]),
        ("-f wheels", [LocalPath("find-links", "wheels")]),
        ("-f https://host/wheels", []),
        ("-r https://host/more.txt", []),
        ("-e git+file:///a/mine", []),
        ("-r ${FOLDER}/more.txt", []),
        ("mine @ https://host/mine-1.0.tar.gz", []),
        ("mine>=1", []),
    ],
)
def test_local_paths(line: str, paths: list[LocalPath]) -> None:
    assert list(local_paths(line)) == paths


@pytest.mark.parametrize("text", ["./a", "/a", "a/b", "a-1.whl", "file:a", "https://host/a", "git@host:a/b.git"])
def test_places(text: str) -> None:
    assert is_place(text)


@pytest.mark.parametrize("text", ["a", "a[b]>=1", "a@https://host/b", "a ; os_name=='x/y'", ""])
def test_names(text: str) -> None:
    assert not is_place(text)
