"""The list of environments, by mouse and keyboard."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.channel.server import ChannelServer

from .lab import (
    Lab,
    accessibility_faults,
    create,
    expect_state,
    open_lab,
    paste_spec,
    row,
    show_panel,
    write_environment,
)

_PANEL = "#jp-envkernels-panel"


@pytest.fixture
def many(lab: Lab) -> Iterator[list[str]]:
    """Thirty environments that none has made."""
    names = [f"many-{number}" for number in range(30)]
    for name in names:
        write_environment(lab.envs / name)
    yield names
    for name in names:
        shutil.rmtree(lab.envs / name)


def test_the_list_by_keyboard(page: Page, lab: Lab, many: list[str]) -> None:
    open_lab(page, lab)
    panel = show_panel(page)
    panel.get_by_label("Sort environments by").select_option("Name")
    first, last = (row(page, name) for name in (min(many), max(many)))
    assert 0 < panel.get_by_role("treeitem").count() < len(many)  # only those in sight are in the document
    panel.get_by_label("Filter environments").fill("many-")
    first.click()
    expect(first).to_have_attribute("aria-selected", "true")
    expect(page.locator(".jp-EnvKernels-workspace")).to_have_count(0)  # a click opens nothing
    page.keyboard.press("End")
    expect(last).to_be_focused()
    expect(last).to_be_in_viewport()
    assert accessibility_faults(page, _PANEL) == []
    page.keyboard.press("Enter")
    expect(page.locator(".jp-EnvKernels-workspace:visible h2").first).to_have_text(max(many))


def test_an_entry_whose_folder_is_gone_is_removed_from_the_list(page: Page, lab: Lab) -> None:
    listing = lab.home / ".conda" / "environments.txt"
    listing.parent.mkdir(exist_ok=True)
    before = listing.read_text() if listing.exists() else ""
    listing.write_text(f"{before}{lab.home}/ice-old\n")
    open_lab(page, lab)
    gone = row(page, "ice-old")
    expect(gone).to_contain_text("Its folder is gone")
    assert accessibility_faults(page, _PANEL) == []
    gone.get_by_role("button", name="Remove ice-old from list").click()
    expect(gone).to_have_count(0)
    assert listing.read_text() == before


def test_a_job_is_in_the_row_of_its_environment(page: Page, lab: Lab, channel_server: ChannelServer) -> None:
    lab.forget("big-demo")
    channel_server.add_rule(r"big-demo", throttle=1_000_000)
    open_lab(page, lab)
    paste_spec(page, "name: big\ndependencies:\n- big-demo\n")
    view = create(page)
    big = row(page, "big")
    expect(big).to_contain_text(re.compile(r"Downloading · [\d.]+ of [\d.]+ MB"))
    expect(big).to_contain_text(re.compile(r"[kM]B/s · \d+ s left"))
    assert accessibility_faults(page, _PANEL) == []
    big.get_by_role("button", name="Cancel: Create big").click()
    expect_state(view, "cancelled")
    expect(big).to_have_count(0)
    activity = show_panel(page).get_by_role("list", name="Activity")
    expect(activity.locator('[data-job-state="cancelled"]').first).to_contain_text("Create big")
    expect(activity.locator('[data-job-state="running"]')).to_have_count(0)


def test_the_split_of_the_panel_survives_a_reload(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    sections = page.locator(f"{_PANEL} .jp-EnvKernels-sectionPanel")
    handle = page.locator(f"{_PANEL} .lm-SplitPanel-handle:not(.lm-mod-hidden)").last
    box = handle.bounding_box()
    assert box
    page.mouse.move(box["x"] + 50, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 50, box["y"] - 200, steps=4)
    page.mouse.up()
    height = sections.first.evaluate("node => node.offsetHeight")
    page.reload()
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    show_panel(page)
    expect(sections.first).to_have_js_property("offsetHeight", height)
