"""The verbs check and export."""

from __future__ import annotations

from tests.cli.shell import Shell

SPEC = "name: lesson\ndependencies:\n  - prio-demo\nvariables:\n  LESSON: two words\n"


def test_check_names_the_line(shell: Shell) -> None:
    (shell.home / "good.yml").write_text(SPEC)
    (shell.home / "bad.yml").write_text("name: bad\ndependencies:\n  - numpy\n - pandas\n")
    assert shell.run("check", "good.yml").returncode == 0
    bad = shell.run("check", "good.yml", "bad.yml")
    assert bad.returncode == 1
    assert any(line.startswith("bad.yml:4:") and " error " in line for line in bad.stdout.splitlines())
    document = shell.json("check", "good.yml", "bad.yml", code=1)
    assert [entry["path"] for entry in document] == ["good.yml", "bad.yml"]
    assert document[0]["spec"]["variables"] == {"LESSON": "two words"}
    assert document[1]["spec"] is None


def test_export(shell: Shell) -> None:
    shell.json("create", "-f", "-", feed=SPEC)
    plain = shell.run("export", "lesson")
    assert plain.returncode == 0
    assert plain.stdout.startswith("name: lesson\nchannels:\n")
    document = shell.json("export", "lesson", "--format", "explicit")
    assert document["format"] == "explicit"
    assert "@EXPLICIT\n" in document["text"]
    assert shell.run("export", "lesson", "--format", "explicit").stdout == document["text"]
    assert shell.json("export", "absent", code=1)["error"]["code"] == "not-found"
    assert shell.run("export", "lesson", "--format", "pdf").returncode == 2
