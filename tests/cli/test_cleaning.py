"""The verb clean."""

from __future__ import annotations

import fcntl
from pathlib import Path

from jupyter_envkernels.jobs.journal.reader import Journal
from tests.cli.shell import Shell, read_until

NOTHING = {"count": 0, "bytes": 0}


def make_old(shell: Shell, job_id: str) -> None:
    """Change the journal of a job as if it had ended yesterday."""
    journal = Journal(shell.jobs, job_id)
    now = journal.events()[-1].time
    journal.events_file.write_text(journal.events_file.read_text().replace(str(now), str(now - 100_000)))


def packages_of(shell: Shell) -> set[str]:
    cache = shell.home / ".cache" / "jupyter-envkernels" / "pkgs"
    return {path.name.rsplit("-", 3)[0] for path in cache.iterdir() if path.is_dir()}


def test_what_can_be_freed_and_is(shell: Shell) -> None:
    assert shell.run("clean").stdout == "There is nothing to delete.\n"
    first = shell.json("create", "-f", shell.spec("lesson", "prio-demo"))
    shell.json("create", "-f", shell.spec("gone", "many-files"))
    shell.json("remove", "gone")
    make_old(shell, first["job"])
    kept = shell.envs / ".lesson.envkernels-0123456789abcdef01234567.kept"
    kept.mkdir()
    (kept / "notes.txt").write_text("x" * 50_000)
    planned = shell.json("clean", "--dry-run")
    assert [planned[kind]["count"] for kind in ("packages", "jobs", "rolled_back")] == [1, 1, 1]
    assert planned["packages"]["bytes"] > 1_000_000
    assert planned["rolled_back"]["bytes"] >= 50_000
    assert planned["bytes"] == sum(part["bytes"] for part in planned.values() if isinstance(part, dict))

    refused = shell.json("clean", code=2)["error"]
    assert (refused["code"], refused["remedy"]) == ("invalid-request", "Add -y.")
    assert shell.json("clean", "--dry-run") == planned
    part = shell.json("clean", "--rolled-back", "-y")
    assert part == {**dict.fromkeys(planned), "rolled_back": planned["rolled_back"], "bytes": part["bytes"]}
    assert shell.made() == ["lesson"]
    assert packages_of(shell) == {"prio-demo", "many-files"}

    done = shell.run("clean", "-y")
    assert "cached packages that no environment uses      1" in done.stderr
    assert done.stdout.endswith(" MB freed.\n")
    assert packages_of(shell) == {"prio-demo"}
    assert [job["kind"] for job in shell.json("jobs")["jobs"]] == ["remove", "create"]
    assert shell.json("clean", "--dry-run") == {**dict.fromkeys(planned, NOTHING), "bytes": 0}
    assert (shell.envs / "lesson" / "share" / "lab" / "prio-demo.txt").exists()
    shell.json("create", "-f", shell.spec("again", "many-files"))


def package(shell: Shell) -> Path:
    """Make a package in the cache that no environment uses."""
    entry = shell.home / ".cache" / "jupyter-envkernels" / "pkgs" / "demo-1.0-0-0123"
    entry.mkdir(parents=True)
    (entry / "file").write_text("x")
    return entry


def test_a_terminal_is_asked(shell: Shell) -> None:
    entry = package(shell)
    for answer, code, told in (("\n", 130, "Nothing is deleted."), ("y\n", 0, " freed.")):
        with shell.terminal("clean") as terminal:
            terminal.read("Delete these files? [y/N] ")
            assert "cached packages that no environment uses" in terminal.shown
            assert entry.exists()
            terminal.press(answer)
            assert terminal.wait() == code
            assert told in terminal.shown
    assert not entry.exists()


def test_an_installation_that_uses_the_cache_is_waited_for(shell: Shell) -> None:
    entry = package(shell)
    with (entry.parent / ".cache.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with shell.start("clean", "--packages", "-y") as process:
            read_until(process, "Waiting for an installation")
            (shell.home / "link").hardlink_to(entry / "file")
            fcntl.flock(lock, fcntl.LOCK_UN)
            out, err = process.communicate(timeout=60)
    assert (out, process.returncode) == ("0 B freed.\n", 0)
    assert err == "Not deleted, because they are in use by now or permissions forbid it: 1.\n"
    assert (entry / "file").exists()
