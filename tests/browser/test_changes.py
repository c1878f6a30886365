"""What a person does to an environment that there is: look first, change, go back, and take up what broke."""

from __future__ import annotations

import os
import re
import signal

from playwright.sync_api import Locator, Page, expect

from tests.channel.server import ChannelServer

from .lab import (
    Lab,
    accessibility_faults,
    carry_out,
    choose,
    create,
    created,
    expect_state,
    job_view,
    open_lab,
    overview,
    paste_spec,
    plan,
    press_preview,
    preview,
    row,
    run_cell,
    show_panel,
)
from .test_panel import delete, left_of, workers

_TAB = ".jp-EnvKernels-workspace"


def packages(lab: Lab, name: str) -> dict[str, str]:
    """The versions of an environment's packages."""
    listed = lab.get("envkernels/environments")
    assert isinstance(listed, dict)
    found = next(one["id"] for one in listed["environments"] if one["name"] == name)
    inventory = lab.get(f"envkernels/environments/{found}/packages")
    assert isinstance(inventory, dict)
    return {one["name"]: one["version"] for one in inventory["packages"]}


def test_preview_create_update_and_back(page: Page, lab: Lab, channel_pythons: list[str]) -> None:
    open_lab(page, lab)
    paste_spec(page, f"name: course\ndependencies:\n- python={channel_pythons[-1]}\n- numpy=2.1\n")
    shown = preview(page)
    expect(shown.locator('[data-package="numpy"]')).to_contain_text("2.1")
    expect(shown.get_by_text(re.compile(r"Needed by them: \d+ packages"))).to_be_visible()
    assert left_of(lab, "course") == []
    assert accessibility_faults(page, _TAB) == []

    page.get_by_role("button", name="Edit spec").click()
    line = page.locator("[data-envkernels-preview]")
    expect(line).to_have_attribute("data-envkernels-preview", "ready")
    page.locator(".jp-EnvKernels-specText .cm-content").click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.insert_text("- prefix-demo\n")
    expect(line).to_contain_text("discarded")
    assert accessibility_faults(page, _TAB) == []
    shown = preview(page)
    expect(shown.locator('[data-package="prefix-demo"]')).to_be_visible()
    page.get_by_role("button", name="Create", exact=True).click()
    overview(page)
    assert packages(lab, "course")["numpy"].startswith("2.1.")

    choose(page, "course", "Add or Remove Packages")
    page.get_by_label("Add packages").fill("numpy=2.2")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Remove prefix-demo", exact=True).click()
    expect(page.locator('[data-spec="numpy=2.2"]')).to_be_visible()
    assert accessibility_faults(page, _TAB) == []
    change = preview(page).locator('tr[data-package="numpy"]')
    expect(change).to_contain_text("updated")
    expect(change).to_contain_text(re.compile(r"2\.1\.\d+ . ?to ?2\.2"))
    assert accessibility_faults(page, _TAB) == []
    carry_out(page, "Update", "update").get_by_role("button", name="Open a notebook").click()
    assert run_cell(page, "course", "import numpy; print(numpy.__version__)").startswith("2.2.")

    choose(page, "course", "History")
    expect(page.locator("[data-revision]")).to_have_count(2)
    expect(page.locator('[data-revision="1"]')).to_contain_text("current")
    page.locator('[data-revision="1"] summary').click()
    expect(page.locator('[data-revision="1"] tr[data-package="numpy"]')).to_contain_text("changed")
    assert accessibility_faults(page, _TAB) == []
    page.get_by_role("button", name="Roll back to revision 0").click()
    expect(plan(page).locator('tr[data-package="numpy"]')).to_contain_text("downgraded")
    carry_out(page, "Roll back", "rollback").get_by_role("button", name="Back to the history").click()
    expect(page.locator("[data-revision]")).to_have_count(3)
    assert packages(lab, "course")["numpy"].startswith("2.1.")


def test_update_from_a_spec(page: Page, lab: Lab, channel_pythons: list[str]) -> None:
    open_lab(page, lab)
    paste_spec(page, f"name: pruned\ndependencies:\n- python={channel_pythons[-1]}\n- ipykernel\n- numpy\n")
    created(page)
    choose(page, "pruned", "Update from a File")
    text = page.locator(f"{_TAB} .jp-EnvKernels-environment .cm-content")
    expect(text).to_contain_text("- numpy")  # what was requested
    text.click()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text("dependencies:\n- python\n- ipykernel\n")
    page.get_by_label("Prune", exact=True).check()
    assert accessibility_faults(page, _TAB) == []
    expect(preview(page).locator('tr[data-package="numpy"]')).to_contain_text("removed")
    carry_out(page, "Update", "update")
    assert "numpy" not in packages(lab, "pruned")

    choose(page, "pruned", "Add or Remove Packages")
    page.get_by_label("Add packages").fill("nmupy")
    press_preview(page)
    view = job_view(page, "plan")
    expect_state(view, "failed")
    expect(view.get_by_role("region", name="Outcome")).to_contain_text("Did you mean numpy")
    view.get_by_role("button", name="Back to the packages").click()
    expect(page.locator('[data-spec="nmupy"]')).to_be_visible()  # nothing of it is lost


def test_a_kernel_for_an_environment_without_one(page: Page, lab: Lab, channel_pythons: list[str]) -> None:
    open_lab(page, lab)
    paste_spec(page, f"name: bare\ndependencies:\n- python={channel_pythons[-1]}\n")
    created(page)
    choose(page, "bare", "Add or Remove Packages")
    page.get_by_role("button", name="Remove ipykernel", exact=True).click()
    preview(page)
    carry_out(page, "Update", "update")
    bare = row(page, "bare")
    expect(bare).to_have_attribute("data-env-problem", "no-kernel")
    expect(bare).to_contain_text("ipykernel is missing")
    assert accessibility_faults(page, "#jp-envkernels-panel") == []
    bare.get_by_role("button", name="Add ipykernel to bare").click()
    view = job_view(page, "add-kernel")
    expect_state(view, "succeeded")
    view.get_by_role("button", name="Open a notebook").click()
    assert run_cell(page, "bare", "import sys; print(sys.prefix)") == f"{lab.envs}/bare"


def test_running_notebooks_are_named_and_shut_down(page: Page, lab: Lab, channel_pythons: list[str]) -> None:
    open_lab(page, lab)
    paste_spec(page, f"name: busy\ndependencies:\n- python={channel_pythons[-1]}\n")
    created(page).get_by_role("button", name="Open a notebook").click()
    run_cell(page, "busy", "print('here')")
    page.locator(".lm-DockPanel .lm-TabBar-tab", has_text="busy").click()
    session = overview(page).locator("[data-session]")
    expect(session).to_contain_text("Idle")
    name = session.get_by_role("button").first.inner_text()
    assert accessibility_faults(page, _TAB) == []
    page.get_by_role("button", name="Add packages").click()
    page.get_by_label("Add packages").fill("prefix-demo")
    page.keyboard.press("Enter")
    expect(preview(page)).to_contain_text(f"1 kernel is running in this environment ({name}).")
    page.get_by_role("button", name="Back to the packages").click()
    pages = page.get_by_role("navigation", name="Pages of this environment")
    pages.get_by_role("button", name="Log").click()
    expect(page.get_by_role("log")).to_contain_text(f"Created {lab.envs}/busy.")
    assert accessibility_faults(page, _TAB) == []
    delete(page, "busy")
    dialog = page.locator(".jp-Dialog", has_text="while kernels are running")
    expect(dialog.get_by_role("listitem")).to_have_text(name)  # the notebook and its kernel are one
    dialog.get_by_role("button", name="Cancel").click()
    pages.get_by_role("button", name="Overview").click()
    page.get_by_role("button", name=f"Shut down {name}").click()
    expect(session).to_have_count(0)
    delete(page, "busy")
    expect(row(page, "busy")).to_have_count(0, timeout=60_000)


def break_off(lab: Lab, view: Locator) -> None:
    """Kill the worker of a job that downloads, as a machine that runs out of memory does."""
    expect(view).to_have_attribute("data-job-state", "running")
    expect(view).to_have_attribute("data-job-phase", "downloading")
    for process in workers(lab):
        os.kill(process.pid, signal.SIGKILL)
    expect_state(view, "interrupted")


def test_an_interrupted_job_is_resumed(page: Page, lab: Lab, channel_server: ChannelServer) -> None:
    lab.forget("big-demo")
    channel_server.add_rule(r"big-demo", throttle=1_000_000)
    open_lab(page, lab)
    paste_spec(page, "name: broken\ndependencies:\n- big-demo\n")
    view = create(page)
    expect(view.locator(".jp-EnvKernels-amount")).to_contain_text(re.compile(r"/s · \d+ s left"))
    break_off(lab, view)
    assert accessibility_faults(page, _TAB) == []
    view.get_by_role("button", name="Resume").click()
    break_off(lab, view)
    channel_server.reset()
    activity = show_panel(page).get_by_role("list", name="Activity")
    expect(activity.get_by_role("button", name="Resume: Create broken")).to_have_count(1)
    activity.get_by_role("button", name="Resume: Create broken").click()
    overview(page)
    assert left_of(lab, "broken") == ["broken"]
    expect(activity.get_by_role("button", name="Resume: Create broken")).to_have_count(0)


def test_export_into_the_file_browser(page: Page, lab: Lab, channel_pythons: list[str]) -> None:
    open_lab(page, lab)
    paste_spec(page, f"name: shared\ndependencies:\n- python={channel_pythons[-1]}\n- ipykernel\n")
    created(page)
    choose(page, "shared", "Export", "requested packages")
    dialog = page.locator(".jp-Dialog")
    expect(dialog.locator("textarea")).to_have_value(re.compile(r"name: shared\n"))
    assert accessibility_faults(page, ".jp-EnvKernels-export") == []
    save = dialog.get_by_role("button", name="Save in file browser")
    save.click()
    expect(dialog).to_contain_text("Saved as environment-shared.yml")
    save.click()
    expect(dialog).to_contain_text("Saved as environment-shared-2.yml")
    assert "- ipykernel" in (lab.root / "environment-shared.yml").read_text()
    dialog.get_by_label("Format").select_option("explicit")
    expect(dialog.locator("textarea")).to_have_value(re.compile(r"@EXPLICIT\n"))
    dialog.get_by_role("button", name="Close", exact=True).last.click()
    more = page.get_by_role("button", name="More for shared", exact=True)
    expect(more).to_be_focused()


def test_what_the_channels_know_is_shown_while_one_types(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    paste_spec(page, "name: typo\ndependencies:\n- python\n- nmupy\n")
    remarks = page.get_by_role("list", name="Problems")
    expect(remarks).to_contain_text("Did you mean numpy")
    expect(page.locator('[data-code="no-such-package"]')).to_have_attribute("data-line", "4")
    page.locator(".jp-EnvKernels-specText .cm-line", has_text="nmupy").click()
    page.keyboard.press("Home")
    page.keyboard.insert_text("- tornado\n")
    expect(page.locator('[data-code="no-such-package"]')).to_have_attribute("data-line", "5")
    assert accessibility_faults(page, _TAB) == []
