"""Content that holds the path of its prefix."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from jupyter_envkernels.engine.link.relocate import Relocator
from jupyter_envkernels.errors import LinkFailed

OLD = Path("/env/old")


def padded(text: str, count: int) -> bytes:
    """A string as an installer leaves it in a program: filled up with NULs, and one that ends it."""
    return text.encode() + b"\0" * (count * (255 - len(str(OLD))) + 1)


@pytest.mark.parametrize("new", ["/env/x", "/env/a-much-longer-name", "/" + "x" * 254])
def test_nothing_moves_behind_a_path_in_a_program(new: str) -> None:
    data = (
        b"\x7fELF\0"
        + padded("/env/old/lib:/env/old/share", 2)
        + b"between\0"
        + padded("rpath=/env/old/lib", 1)
        + b"end"
    )
    fitted = Relocator(OLD, Path(new)).binary(data)
    assert len(fitted) == len(data)
    assert fitted.endswith(b"end")
    strings = [part.decode() for part in fitted.split(b"\0")[1:] if part]
    assert strings == [f"{new}/lib:{new}/share", "between", f"rpath={new}/lib", "end"]


def test_a_string_without_room() -> None:
    assert Relocator(OLD, Path("/env/o")).binary(b"/env/old\0next") == b"/env/o\0\0\0next"
    with pytest.raises(LinkFailed, match="no room"):
        Relocator(OLD, Path("/env/longer")).binary(b"/env/old\0next")


def test_only_the_prefix_itself_is_replaced() -> None:
    text = "{0}\n{0}/lib:{0};'{0}' {0}. {0}-tools {0}tools {0}.bak/x {0}_2 {0}\u00e9\n"
    new = Path("/new")
    expected = f"{new}\n{new}/lib:{new};'{new}' {new}. {OLD}-tools {OLD}tools {OLD}.bak/x {OLD}_2 {OLD}\u00e9\n"
    assert Relocator(OLD, new).text(text.format(OLD).encode()) == expected.encode()
    assert Relocator(OLD, new).text(b"nothing of it, /env/older") is None


@pytest.mark.parametrize("new", ["/short", "/" + "long-" * 40, "/with a blank"])
def test_a_script_starts_wherever_it_stands(new: str, tmp_path: Path) -> None:
    prefix = tmp_path / new[1:]
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "python3.12").symlink_to("/bin/echo")
    script = prefix / "bin" / "tool"
    script.write_bytes(Relocator(OLD, prefix).text(b"#!/env/old/bin/python3.12\nprint('hello')\n") or b"")
    script.chmod(0o755)
    done = subprocess.run([script, "argument"], capture_output=True, text=True, check=True)
    assert done.stdout == f"{script} argument\n"
    compile(script.read_bytes(), "tool", "exec")


def test_a_script_for_another_program_keeps_its_form() -> None:
    long = Path("/" + "x" * 200)
    assert Relocator(OLD, long).text(b"#!/env/old/bin/perl -w\n") == f"#!{long}/bin/perl -w\n".encode()
    assert Relocator(OLD, long).text(b"cd /env/old\n") == f"cd {long}\n".encode()
