"""The verbs check and export."""

from __future__ import annotations

import json

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


def test_what_would_move_the_cursor_is_spelled_out(shell: Shell) -> None:
    (shell.home / "sly.yml").write_text('name: "a\\x1b[31m"\ndependencies:\n  - "b\\x1b[2J"\n')
    told = shell.run("check", "sly.yml").stdout + shell.run("create", "-f", "sly.yml").stderr
    assert "\x1b" not in told
    assert "\\x1b[2J" in told


def test_check_names_the_kernel_that_is_really_added(shell: Shell) -> None:
    shell.configure("default_kernel_packages = ['xeus-python']")
    (shell.home / "good.yml").write_text("name: good\ndependencies:\n  - python\n")
    for options in ([], ["--online"]):
        [remark] = [
            d for d in shell.json("check", "good.yml", *options)[0]["diagnostics"] if d["code"] == "kernel-added"
        ]
        assert "xeus-python will be added" in remark["message"]


def test_check_asks_the_channels_where_it_shall(shell: Shell) -> None:
    (shell.home / "good.yml").write_text(SPEC)
    (shell.home / "bad.yml").write_bytes("name: bad\ndependencies:\n  - nump\n".encode("utf-16"))
    (shell.home / "list.txt").write_text("@EXPLICIT\nhttps://example.org/noarch/a-1.0-0.conda\n")
    assert shell.run("check", "bad.yml").returncode == 0
    assert shell.run("check", "--online", "good.yml", "list.txt").returncode == 0
    bad = shell.run("check", "--online", "good.yml", "bad.yml")
    assert bad.returncode == 1
    (line,) = bad.stdout.splitlines()
    assert line.startswith("bad.yml:3:5 error no-such-package No channel has a package named nump for ")
    assert line.endswith("Did you mean numpy?")
    document = shell.json("check", "--online", "bad.yml", code=1)
    assert [d["code"] for d in document[0]["diagnostics"]] == ["no-such-package"]


def test_export(shell: Shell) -> None:
    shell.json("create", "-f", "-", feed=SPEC)
    plain = shell.run("export", "lesson")
    assert plain.returncode == 0
    assert plain.stdout.startswith("name: lesson\nchannels:\n")
    document = shell.json("export", "lesson", "--format", "explicit")
    assert document["format"] == "explicit"
    assert "@EXPLICIT\n" in document["text"]
    assert document["left_out"] == []
    plain = shell.run("export", "lesson", "--format", "explicit")
    assert (plain.stdout, plain.stderr) == (document["text"], "")
    assert shell.json("export", "absent", code=1)["error"]["code"] == "not-found"
    assert shell.run("export", "lesson", "--format", "pdf").returncode == 2


def test_what_an_export_lacks_is_told(shell: Shell) -> None:
    shell.json("create", "-f", "-", feed=SPEC)
    (record,) = (shell.envs / "lesson" / "conda-meta").glob("prio-demo-*.json")
    record.write_text(json.dumps({**json.loads(record.read_text()), "url": ""}))
    told = shell.run("export", "lesson", "--format", "explicit")
    assert told.stdout.endswith("@EXPLICIT\n")
    assert told.stderr == "The file lacks 1 package of the environment: prio-demo. The format yaml has all of them.\n"
    assert shell.json("export", "lesson", "--format", "explicit")["left_out"] == ["prio-demo"]


def test_variables_that_no_spec_may_use(shell: Shell) -> None:
    shell.configure("denied_variables = ['CAMPUS_*']")
    for name in ("CAMPUS_TOKEN", "JUPYTERHUB_API_TOKEN"):
        (shell.home / "spec.yml").write_text(
            f"name: lesson\nchannels: ['http://127.0.0.1:9/${{{name}}}']\ndependencies: [xz]\n"
        )
        for options in ([], ["--online"]):
            told = [*shell.run("check", *options, "spec.yml").stdout.splitlines(), ""]
            assert len(told) == 2 + len(options)
            assert told[0].startswith(
                f"spec.yml:2:12 error variable-not-allowed 'http://127.0.0.1:9/${{{name}}}' uses "
            )
        refused = shell.run("create", "-f", "spec.yml")
        assert refused.returncode != 0
        assert f"the variable {name} of the server" in refused.stderr
    assert shell.json("jobs") == {"jobs": []}
