"""Where pip would look for packages, however that is written."""

from __future__ import annotations

import pytest

from jupyter_envkernels.specs.pip_sources import (
    PipSource,
    file_with_spaces_in,
    files_in,
    lines_of_pip,
    refused_sources,
    remote_files_in,
    sources_in,
)

INDEX = "https://pip.example.org/simple"
ALLOWED = (f"{INDEX}/", "/srv/wheels", "git+https://git.example.org/ours")


def is_allowed(line: str) -> bool:
    return not refused_sources(sources_in(line), ALLOWED)


@pytest.mark.parametrize(
    "line",
    [
        "numpy>=2",
        "numpy[all]==1.0; python_version < '3.13'",
        "./project",
        "-e .",
        "-e ../project[test]",
        "project @ file:///home/me/project",
        "file:///home/me/My%20Project/x-1-py3-none-any.whl",
        "numpy --hash=sha256:abcdef",
        "--pre",
        "--no-index",
        f"--index-url {INDEX}",
        f"-i {INDEX}/",
        "--extra-index-url=https://me:secret@PIP.example.org:443/simple/team/",
        "--extra-index-url https://${TOKEN}@pip.example.org/simple",
        "--extra-index-url https://pip.example.org/simple/${TEAM}/",
        "--find-links /srv/wheels/2026",
        "--find-links file:///srv/wheels",
        f"x @ {INDEX}/x/x-1-py3-none-any.whl#sha256=abc ; python_version > '3'",
        "x @ git+https://git.example.org/ours/x@main#egg=x",
    ],
)
def test_allowed(line: str) -> None:
    assert is_allowed(line)


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://pypi.org/simple",
        "-ihttps://pypi.org/simple",
        "--index-u https://pypi.org/simple",
        "--extra-index-url=https://evil.example/simple",
        f"--index-url {INDEX} --extra-index-url https://evil.example/simple",
        "--index-url https://pip.example.org/simplest",
        "--index-url https://pip.example.org/",
        "--index-url http://pip.example.org/simple",
        "--index-url https://pip.example.org:8443/simple",
        "--index-url https://pip.example.org.evil.example/simple",
        "--index-url https://pip.example.org@evil.example/simple",
        r"--index-url https://evil.example\@pip.example.org/simple",
        "--index-url https://evil.example/@pip.example.org/simple",
        "--index-url https://pip.example.org/simple/../evil",
        "--index-url https://pip.example.org/simple/%2e%2E/evil",
        "--index-url https:evil.example/simple",
        "--index-url https:///pip.example.org/simple",
        "--index-url https://pip.example.org:x/simple",
        "--index-url https://${HOST}/simple",
        "--index-url ${URL}",
        '--index-url "ht""tps://evil.example/simple"',
        "--index-url 'https://evil.example",
        "--index-url //evil.example/simple",
        "-f ./wheels",
        "--find-links=wheels",
        "--find-links /srv/wheels/../other",
        "-f https://evil.example/wheels.html",
        "x @ https://evil.example/x-1-py3-none-any.whl",
        "x@https://evil.example/x-1-py3-none-any.whl",
        "https://evil.example/x-1.tar.gz",
        "git+https://github.com/evil/x",
        "-e git+ssh://git@github.com/evil/x#egg=x",
        "git+git@github.com:evil/x",
        "x @ git+https://git.example.org/ours-too/x",
        "x @ git+file:///home/me/x",
        "x @ file://evil.example/share/x.whl",
        "-r https://evil.example/requirements.txt",
        "-c ftp://evil.example/constraints.txt",
    ],
)
def test_not_allowed(line: str) -> None:
    assert not is_allowed(line)


def test_without_a_list_all_is_allowed() -> None:
    assert refused_sources(sources_in("--index-url https://evil.example"), ()) == []


def test_what_is_refused_is_named_without_logins_and_once() -> None:
    sources = sources_in("--index-url https://me:hunter2@evil.example/simple") * 2
    (problem,) = refused_sources(sources, ("https://me:hunter2@pip.example.org/simple",))
    assert problem.message == "pip may not use https://evil.example/simple here."
    assert problem.remedy == "Use https://pip.example.org/simple."


def test_lines_as_pip_joins_them() -> None:
    text = "numpy # https://not.a.source\n# all of it\n--index-url \\\n  https://evil.example\r\n\nx\n"
    assert lines_of_pip(text) == ["numpy", "--index-url   https://evil.example", "x"]


def test_files_that_a_line_names() -> None:
    names = ["-r a.txt", "-ra.txt", "--requirement=a.txt", "--requireme a.txt", "-c 'a.txt'", "--constraint a.txt"]
    assert [files_in(line) for line in names] == [["a.txt"]] * len(names)
    assert files_in("-r https://evil.example/a.txt") == files_in("requests") == files_in("--require-hashes") == []
    assert files_in("-r 'my list.txt'") == ["my list.txt"]
    assert files_in("-r my list.txt") == ["my"]
    assert file_with_spaces_in("-r my list.txt") == ["my list.txt"]
    assert file_with_spaces_in("-r a.txt") == file_with_spaces_in("requests -r a") == []
    for url in ("file:///a/my%20list.txt", "file:/a/my%20list.txt", "file://localhost/a/my%20list.txt"):
        assert files_in(f"-r {url}") == ["/a/my list.txt"]
    assert remote_files_in("--constraint=https://h/a.txt") == ["https://h/a.txt"]
    assert remote_files_in("-r a.txt") == remote_files_in("x @ https://h/a.whl") == []


def test_what_takes_the_place_of_the_usual_index() -> None:
    assert sources_in(f"-i {INDEX}") == [PipSource(INDEX, is_index=True, is_first=True)]
    assert sources_in(f"--extra-index-url {INDEX}") == [PipSource(INDEX, is_index=True)]
    assert sources_in(f"x @ {INDEX}/x.whl") == [PipSource(f"{INDEX}/x.whl")]
