from __future__ import annotations

import pytest

from tools import bare


@pytest.mark.parametrize(("user", "program"), [(1000, "/usr/sbin/debootstrap"), (0, None)])
def test_what_it_lacks_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], user: int, program: str | None
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: user)
    monkeypatch.setattr("shutil.which", lambda _: program)
    assert bare.main() == 0
    assert "needs root and debootstrap" in capsys.readouterr().err
