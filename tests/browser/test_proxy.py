"""The panel behind a proxy that cuts what is silent, and below a path."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.channel.server import ChannelServer
from tests.faults.proxy import CuttingProxy

from .lab import Lab, create, open_lab, overview, paste_spec, row


def test_a_job_is_seen_to_its_end(page: Page, tmp_path: Path, channel_server: ChannelServer) -> None:
    channel_server.add_rule(r"prio-demo.*\.conda$", delay=3)
    with Lab(tmp_path, channel_server.url, base_url="/user/ada/") as lab, CuttingProxy(lab.port, 1.0) as proxy:
        lab.origin = proxy.address
        open_lab(page, lab)
        paste_spec(page, "name: lesson\ndependencies:\n- prio-demo\n- python\n")
        view = create(page)
        before = proxy.cuts
        expect(view).to_have_attribute("data-job-state", "running")
        overview(page)
        assert proxy.cuts > before
        page.get_by_role("button", name="Log", exact=True).click()
        expect(page.get_by_role("log")).to_contain_text(f"Created {lab.envs}/lesson.")
        row(page, "lesson").wait_for()
        page.locator(".lm-DockPanel .lm-TabBar-tab", has_text="Launcher").click()
        page.locator(".jp-LauncherCard-label", has_text="lesson").first.wait_for()
