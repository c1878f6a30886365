"""What is said of a spec, beside what can be said offline, once the channels are known."""

from __future__ import annotations

import json
from pathlib import Path

from jupyter_envkernels.models import Fix, LineEdit
from tests.channel.server import Auth, ChannelServer

from ..conftest import Inquiry, write_channel


def spec(*dependencies: str, channels: str = "") -> str:
    head = f"channels: [{channels}]\n" if channels else "name: lesson\n"
    return head + "dependencies:\n" + "".join(f"  - {line}\n" for line in dependencies)


def test_nothing_is_said_of_what_can_be_installed(inquiry: Inquiry) -> None:
    assert inquiry.advise(spec("python>=3.9", "ipykernel>=6", "gpu-or-cpu", "extra::only-extra", "needs-glibc")) == []


def test_a_package_that_no_channel_has(inquiry: Inquiry) -> None:
    (unknown,) = inquiry.advise(spec("python>=3.9", "ipykernl=6"))
    assert (unknown.severity, unknown.code, unknown.line, unknown.column) == ("error", "no-such-package", 4, 5)
    assert unknown.message.startswith("No channel has a package named ipykernl for linux-")
    assert unknown.message.endswith(" Did you mean ipykernel?")
    assert unknown.remedy.startswith("Correct the name, ")
    assert unknown.fix == Fix("Change to ipykernel", (LineEdit(4, "  - ipykernl=6", "  - ipykernel=6"),))


def test_of_very_many_unknown_names_all_are_told(inquiry: Inquiry) -> None:
    found = inquiry.advise(spec(*(f"nump{number}" for number in range(30))))
    assert [(d.code, d.line) for d in found] == [("no-such-package", line) for line in range(3, 33)]
    assert "Did you mean" in found[0].message
    assert "Did you mean" not in found[-1].message
    assert found[-1].fix is None


def test_a_version_that_no_channel_has(inquiry: Inquiry) -> None:
    version, python = inquiry.advise(spec("prio-demo=9", "python=3.99"))
    assert (version.severity, version.code, version.line) == ("error", "no-such-version", 3)
    assert version.message == "No channel has `prio-demo=9`: the newest version of prio-demo is 1.0."
    assert version.remedy == "Change to 'prio-demo=1.0', or another version that exists."
    assert python.remedy.startswith("Change to 'python=3.")
    assert version.fix == Fix("Change to prio-demo=1.0", (LineEdit(3, "  - prio-demo=9", "  - prio-demo=1.0"),))


def test_what_is_like_the_version_that_there_is_not(inquiry: Inquiry, tmp_path: Path) -> None:
    channels = ["main", write_channel(tmp_path / "channel", {"tool-1.26.4-0": [], "tool-2.2.6-0": []})]
    lines = ("conflict-base=1.9", "tool>=1.27,<2", "conflict-base=7")
    older, range_, other = inquiry.advise(spec(*lines), channels=channels)
    assert older.remedy == "Change to 'conflict-base=1.5' or 'conflict-base=2.0', or another version that exists."
    assert range_.remedy == "Change to 'tool=1.26' or 'tool=2.2', or another version that exists."
    assert other.remedy == "Change to 'conflict-base=2.0', or another version that exists."


def test_a_channel_in_the_line(inquiry: Inquiry) -> None:
    absent, version = inquiry.advise(spec("extra::prio-dem", "extra::prio-demo=9", "extra::prio-demo=2"))
    assert absent.message.startswith("The channel extra has no package named prio-dem for ")
    assert absent.message.endswith(" Did you mean prio-demo?")
    assert version.message.startswith("The channel extra has no `extra::prio-demo=9`")
    assert version.remedy.startswith("Change to 'extra::prio-demo=2.0'")
    assert version.fix is not None
    assert version.fix.edits == (LineEdit(4, "  - extra::prio-demo=9", "  - extra::prio-demo=2.0"),)


def test_a_build_that_does_not_exist(inquiry: Inquiry) -> None:
    (build,) = inquiry.advise(spec("prio-demo=1.0=h1234567_0", "python"))
    assert (build.severity, build.code, build.line) == ("error", "no-such-build", 3)
    assert build.message.endswith("the builds of that version are 0 (noarch).")
    assert build.remedy == "Change to 'prio-demo=1.0'."
    edit = LineEdit(3, "  - prio-demo=1.0=h1234567_0", "  - prio-demo=1.0")
    assert build.fix == Fix("Remove the build", (edit,))
    (build,) = inquiry.advise(spec("prio-demo[version=1.0, build=h1234567_0]"))
    assert build.remedy == "Remove the build."
    assert build.fix is None


def test_an_export_of_another_platform_is_loosened_as_a_whole(inquiry: Inquiry) -> None:
    found = inquiry.advise(
        spec("prio-demo=1.0=hab_1", "same-build=1.0=hab_1", "conflict-b=2.5=hab_1", "conflict-a=1.0=hab_1")
    )
    builds, version = found
    assert (builds.code, builds.line, version.code, version.line) == ("no-such-build", 3, "no-such-version", 5)
    assert "3 packages" in builds.message
    assert "prio-demo, same-build and conflict-a" in builds.message
    assert builds.remedy == (
        "Delete the last '=...' of lines 3-4, 6, or export again with 'conda env export --no-builds'."
    )
    assert builds.fix is not None
    assert [(edit.line, edit.after) for edit in builds.fix.edits] == [
        (3, "  - prio-demo=1.0"),
        (4, "  - same-build=1.0"),
        (6, "  - conflict-a=1.0"),
    ]


def test_strict_priority_hides_a_version(tmp_path: Path, channel_root: Path) -> None:
    text = spec("prio-demo>=2", channels="main, extra")
    with Inquiry(tmp_path, channel_root, CONDA_CHANNEL_PRIORITY="strict") as strict:
        (hidden,) = strict.advise(text)
        assert (hidden.severity, hidden.code, hidden.line) == ("error", "hidden-by-priority", 3)
        assert "with strict channel priority prio-demo comes from main," in hidden.message
        assert "change to 'prio-demo=1.0'" in hidden.remedy
        assert strict.advise(spec("extra::prio-demo>=2", channels="main, extra")) == []
    with Inquiry(tmp_path, channel_root, CONDA_CHANNEL_PRIORITY="flexible") as flexible:
        assert flexible.advise(text) == []


def test_the_defaults_of_the_configuration(inquiry: Inquiry) -> None:
    assert inquiry.told(spec("only-extra"), channels=["main", "extra"]) == []
    assert inquiry.told(spec("only-extra"), channels=["main"]) == [(3, "no-such-package")]
    assert inquiry.told(spec("only-extra", channels="extra"), channels=["main"]) == []


def test_what_leaves_nothing_to_choose_and_what_cannot_be_read(inquiry: Inquiry) -> None:
    assert inquiry.advise("@EXPLICIT\nhttps://example.org/noarch/a-1.0-0.conda\n") == []
    assert inquiry.advise("dependencies: [") == []
    assert inquiry.advise(spec("https://example.org/noarch/absent-1.0-0.conda")) == []


def test_a_channel_that_is_not_there(inquiry: Inquiry) -> None:
    """Nothing is guessed of packages that it may have."""
    (unread,) = inquiry.advise(spec("python>=3.9", "unknown", "prio-demo=9", channels="main, absent"))
    assert (unread.severity, unread.code, unread.line, unread.column) == ("warning", "channel-unreachable", 1, 18)
    assert unread.message.startswith("The channel file:///")
    assert unread.message.endswith("there is nothing at this address. Its packages are not checked.")
    assert "\n" not in unread.message
    # what a line asks of a channel that can be read is known, and where the configuration names the other is no line
    assert inquiry.told(spec("extra::prio-demo=9", "unknown"), channels=["main", "absent"]) == [
        (None, "channel-unreachable"),
        (3, "no-such-version"),
    ]
    assert inquiry.told(spec("python>=3.9", "absent::prio-demo=9")) == [(4, "channel-unreachable")]


def test_a_server_that_is_down_is_told_at_once(inquiry: Inquiry) -> None:
    (unread,) = inquiry.advise(spec("python", channels="'http://127.0.0.1:1/main'"), seconds=20)
    assert unread.code == "channel-unreachable"
    assert "its server cannot be reached" in unread.message
    assert unread.remedy.startswith("Check the address")


def test_a_channel_that_hangs_is_told_apart_from_the_others(inquiry: Inquiry, channel_server: ChannelServer) -> None:
    channel_server.add_rule("/extra/", hang_after=10)
    text = spec("prio-demo=9", "only-extra", "main::prio-demo=9", channels=f"main, '{channel_server.url}/extra'")
    slow, version = inquiry.advise(text, seconds=1)
    assert (slow.severity, slow.code, slow.line) == ("info", "channel-slow", 1)
    assert slow.message.startswith(f"The channel {channel_server.url}/extra is still being read")
    assert (version.code, version.line) == ("no-such-version", 5)


def test_a_slow_channel_is_known_the_next_time(inquiry: Inquiry, channel_server: ChannelServer) -> None:
    channel_server.add_rule("/alt/main/", delay=1.5, times=1)
    text = spec("prio-demo=9", channels=f"'{channel_server.url}/alt/main'")
    assert inquiry.told(text, seconds=0.3) == [(1, "channel-slow")]
    assert inquiry.told(text) == [(3, "no-such-version")]


def test_a_server_that_says_unchanged_and_no_more(
    tmp_path: Path, channel_root: Path, channel_server: ChannelServer
) -> None:
    text = spec("prio-demo=9", channels=f"'{channel_server.url}/main'")
    with Inquiry(tmp_path, channel_root) as inquiry:
        channel_server.add_rule("repodata_shards", status=304, times=1)
        assert inquiry.told(text) == [(3, "no-such-version")]
    assert any(request.status == 304 for request in channel_server.log)


def test_logins_are_used_and_not_told(tmp_path: Path, channel_root: Path, channel_server: ChannelServer) -> None:
    channel_server.auth = Auth(token="tk-secret")
    host = channel_server.url.removeprefix("http://")
    with Inquiry(tmp_path, channel_root) as inquiry:
        found = inquiry.advise(spec("prio-demo=9", channels=f"'http://{host}/t/tk-secret/main'"))
        assert [d.code for d in found] == ["no-such-version"]
        wrong = inquiry.advise(spec(f"http://{host}/t/tk-wrong/extra::prio-demo=9"))
        assert [d.code for d in wrong] == ["channel-unreachable"]
        channel_server.auth = Auth.basic("alice", "geheim")
        refused = inquiry.advise(spec("prio-demo=9", channels=f"'http://bob:hunter2@{host}/alt/main'"))
        assert [d.code for d in refused] == ["channel-unreachable"]
    assert "login" in refused[0].message
    for secret in ("tk-", "hunter2", "bob"):
        assert secret not in json.dumps([f"{d.message} {d.remedy}" for d in [*found, *wrong, *refused]])


def test_channels_with_variables_are_not_read(
    tmp_path: Path, channel_root: Path, channel_server: ChannelServer
) -> None:
    """And nothing is said of packages that they may have."""
    channels = (
        f"'{channel_server.url}/private/${{COURSE_SECRET}}/main', '{channel_server.url}/private/$COURSE_SECRET', main"
    )
    line = f"{channel_server.url}/private/${{COURSE_SECRET}}/extra::prio-dem"
    by_url = f"{channel_server.url}/private/$COURSE_SECRET/noarch/prio-demo-1.0-0.conda"
    text = spec("python", "prio-dem", line, "extra::prio-demo=9", by_url, channels=channels)
    with Inquiry(tmp_path, channel_root, COURSE_SECRET="geheim-geheim") as inquiry:
        found = inquiry.advise(text)
        only = inquiry.advise(spec("prio-dem", channels="'$COURSE_SECRET'"))
    assert [(d.severity, d.code, d.line) for d in [*found, *only]] == [
        ("info", "channel-not-read", 1),
        ("info", "channel-not-read", 1),
        ("info", "channel-not-read", 5),
        ("error", "no-such-version", 6),
        ("info", "channel-not-read", 7),
        ("info", "channel-not-read", 1),
    ]
    assert not [request for request in channel_server.log if request.path.startswith("/private")]
    assert "geheim" not in json.dumps([f"{d.message} {d.remedy}" for d in [*found, *only]])


def test_variables_of_the_configuration_are_expanded(
    tmp_path: Path, channel_root: Path, channel_server: ChannelServer
) -> None:
    channel_server.auth = Auth(token="tk-secret")
    condarc = tmp_path / "condarc"
    condarc.write_text(f"custom_channels: {{lab: '{channel_server.url}/t/${{COURSE_SECRET}}'}}\n")
    with Inquiry(tmp_path, channel_root, COURSE_SECRET="tk-secret", CONDARC=str(condarc)) as inquiry:
        inquiry.advise(spec("prio-demo", channels="lab"))
        assert channel_server.log[0].path.startswith("/t/tk-secret/lab/")
        default = f"{channel_server.url}/t/$COURSE_SECRET/main"
        assert inquiry.told(spec("prio-demo=9"), channels=[default]) == [(3, "no-such-version")]


def test_a_channel_that_was_read_before_serves_offline(
    tmp_path: Path, channel_root: Path, channel_server: ChannelServer
) -> None:
    text = spec("prio-demo=9", channels=f"'{channel_server.url}/main'")
    with Inquiry(tmp_path, channel_root) as online:
        assert online.told(text) == [(3, "no-such-version")]
    channel_server.add_rule("", status=503)
    with Inquiry(tmp_path, channel_root, CONDA_OFFLINE="true") as offline:
        assert offline.told(text) == [(3, "no-such-version")]
        (unread,) = offline.advise(spec("only-extra", channels=f"'{channel_server.url}/extra'"))
    assert unread.code == "channel-unreachable"
    assert "conda is set to be offline" in unread.message


def test_places_are_those_of_the_text(inquiry: Inquiry) -> None:
    (unknown,) = inquiry.advise("# first\n\ndependencies:\n    -   python>=3.9\n    -   prio-dmo\n")
    assert (unknown.line, unknown.column) == (5, 9)


def test_a_channel_that_condas_configuration_forbids(tmp_path: Path, channel_root: Path) -> None:
    with Inquiry(tmp_path, channel_root, CONDA_DENYLIST_CHANNELS="extra") as inquiry:
        assert inquiry.told(spec("prio-dem", channels="main, extra")) == [(None, "channel-not-allowed")]
        assert inquiry.told(spec("extra::prio-dem")) == [(None, "channel-not-allowed")]
        assert inquiry.told(spec("prio-demo")) == []


def test_what_is_too_new_is_not_offered(tmp_path: Path, channel_root: Path) -> None:
    times = {f"tool-{year}-0": {"timestamp": (year - 1970) * 31_557_600_000} for year in (2020, 2022)}
    channel = write_channel(tmp_path / "channel", dict.fromkeys(times, ()), times)
    with Inquiry(tmp_path / "cache", channel_root, CONDA_EXCLUDE_NEWER="2021-06-30") as inquiry:
        assert inquiry.advise(spec("tool"), channels=[channel]) == []
        new, absent = inquiry.advise(spec("tool>=2021", "tool=7"), channels=[channel])
    assert (new.severity, new.code, new.line) == ("error", "too-new", 3)
    assert new.message.startswith("All packages that match `tool>=2021` are too new: tool 2022 is of 202")
    assert new.remedy == "Change to `tool=2020`, or set exclude_newer to a later date."
    assert absent.message == "No channel has `tool=7`: the newest version of tool is 2020."
