"""What a person does in the panel, from a pasted spec to a cell that ran."""

from __future__ import annotations

import re
import shutil
import time

import psutil
from playwright.sync_api import Page, expect

from jupyter_envkernels.jobs.journal.reader import Journal, job_ids
from tests.channel.server import ChannelServer

from .lab import (
    Lab,
    choose,
    create,
    created,
    expect_state,
    launcher_cards,
    open_lab,
    open_notebook,
    overview,
    paste_spec,
    row,
    run_cell,
    show_panel,
    write_environment,
)

PHASES = ["checking", "solving", "downloading", "linking", "pip", "verifying"]


def left_of(lab: Lab, name: str) -> list[str]:
    """What stands in the folder of environments of that one, hidden or not."""
    return [folder for folder in lab.leftovers() if name in folder]


def delete(page: Page, name: str) -> None:
    """Delete an environment, confirmation included."""
    choose(page, name, "Delete…")
    dialog = page.locator(".jp-Dialog")
    expect(dialog).to_contain_text(name)
    dialog.get_by_role("button", name="Delete", exact=True).click()


def test_from_pasted_spec_to_kernel_to_clone_to_nothing(
    page: Page, lab: Lab, channel_server: ChannelServer, channel_pythons: list[str]
) -> None:
    channel_server.add_rule(r"\.conda$", throttle=20_000_000)  # slow enough to see
    open_lab(page, lab)
    expect(row(page, "lesson")).to_have_count(0)
    paste_spec(
        page,
        f"name: lesson\ndependencies:\n- python={channel_pythons[-1]}\n- numpy\n- pip:\n  - envkernels-demo-pip\n",
    )
    expect(page.locator(".jp-EnvKernels-specText .cm-line span").first).to_be_visible()  # it is highlighted
    view = create(page)
    phases: list[str] = []
    deadline = time.monotonic() + 120
    while not page.locator(".jp-EnvKernels-overview:visible").count():  # which takes the place of the job
        assert time.monotonic() < deadline
        phase = page.evaluate("document.querySelector('[data-envkernels-job]')?.dataset.jobPhase")
        if phase and phase not in phases:
            phases.append(phase)
        page.wait_for_timeout(20)
    overview(page)
    page.locator(".lm-DockPanel .lm-TabBar-tab", has_text="Launcher").click()
    card = page.locator(".jp-LauncherCard-label", has_text="lesson").first
    card.wait_for()  # JupyterLab itself looks for kernels once a minute
    assert set(phases) <= set(PHASES)
    assert phases == sorted(phases, key=PHASES.index)
    assert {"downloading", "pip"} <= set(phases), phases

    activity = show_panel(page).get_by_role("list", name="Activity")
    activity.get_by_role("button", name="Created lesson").first.click()
    steps = view.locator('[data-step-state="done"]')
    expect(steps).to_have_count(len(PHASES))
    expect(view.get_by_role("log")).to_contain_text("linked numpy")
    view.get_by_role("button", name=re.compile("Open a notebook")).click()
    printed = run_cell(
        page, "lesson", "import sys, numpy, envkernels_demo_pip; print(sys.prefix, '%d.%d' % sys.version_info[:2])"
    )
    assert printed == f"{lab.envs}/lesson {channel_pythons[-1]}"

    choose(page, "lesson", "Clone…")
    dialog = page.locator(".jp-Dialog")
    expect(dialog.locator("input")).to_have_value("lesson-copy")
    dialog.get_by_role("button", name="Clone", exact=True).click()
    open_notebook(page, "lesson-copy")
    printed = run_cell(page, "lesson-copy", "import numpy, envkernels_demo_pip as demo; print(demo.__file__)")
    assert printed.startswith(f"{lab.envs}/lesson-copy/")

    page.keyboard.press("Escape")
    for name in ("lesson", "lesson-copy"):
        delete(page, name)
        page.get_by_role("button", name="Delete anyway").click()  # its notebook is still open
        expect(row(page, name)).to_have_count(0, timeout=60_000)
    deadline = time.monotonic() + 20
    while left_of(lab, "lesson"):  # the list is quicker than the disk
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)
    specs = lab.get("api/kernelspecs")
    assert isinstance(specs, dict)
    assert not [name for name in specs["kernelspecs"] if "lesson" in name]
    page.locator(".lm-DockPanel .lm-TabBar-tab", has_text="Launcher").click()
    expect(page.locator(".jp-LauncherCard-label", has_text="lesson")).to_have_count(0)
    assert launcher_cards(page)


def test_an_unknown_package_is_explained(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    paste_spec(page, "name: typo\ndependencies:\n- nmupy\n- python\n")
    view = create(page)
    expect_state(view, "failed")
    expect(view.get_by_role("region", name="Outcome")).to_contain_text(
        "No channel has a package named nmupy. Did you mean numpy"
    )
    assert left_of(lab, "typo") == []
    view.get_by_role("button", name="Edit spec").click()
    expect(page.locator(".jp-EnvKernels-specText")).to_contain_text("nmupy")


def test_a_conflict_is_explained(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    paste_spec(page, "name: clash\ndependencies:\n- conflict-a\n- conflict-b\n")
    view = create(page)
    expect_state(view, "failed")
    alert = view.get_by_role("region", name="Outcome")
    expect(alert).to_contain_text("cannot be installed together")
    expect(alert).to_contain_text("conflict-base")
    assert left_of(lab, "clash") == []


def test_a_mistake_is_shown_while_one_types(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    paste_spec(page, "name: lesson\ndependencies:\n- numpy\n - pandas\n")
    expect(page.locator('[data-envkernels-check="error"]')).to_be_visible()
    expect(page.get_by_role("list", name="Problems")).to_contain_text("Line 3")


def test_corrections_are_carried_out_and_undone(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    paste_spec(page, "name: lesson\ndependencies:\n- prio-demo=1.0=hab_1\n- ipykernl\nprefix: /Users/ada/envs/x\n")
    text = page.locator(".jp-EnvKernels-specText:visible .cm-content")
    for button in ("Change to ipykernel", "Remove the build", "Delete the line"):
        page.get_by_role("button", name=button, exact=True).click()
        expect(page.get_by_role("button", name=button, exact=True)).to_have_count(0)
        page.wait_for_timeout(600)  # what is typed faster is undone together
    expect(text).to_have_text("name: lessondependencies:- prio-demo=1.0- ipykernel")
    for _ in range(3):
        page.keyboard.press("ControlOrMeta+Z")
    expect(text).to_contain_text("- prio-demo=1.0=hab_1- ipykernlprefix: /Users/ada")
    page.keyboard.press("ControlOrMeta+Shift+Z")
    expect(text).to_contain_text("- prio-demo=1.0=hab_1- ipykernelprefix: /Users/ada")
    expect(text).to_be_focused()


def workers(lab: Lab) -> list[psutil.Process]:
    """The processes that work on environments of this JupyterLab, and not the one that waits for the next job."""
    marks = [Journal(lab.jobs, job_id).worker() for job_id in job_ids(lab.jobs)]
    pids = {mark.pid for mark in marks if mark is not None}
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if process.pid in pids
        and process.info["status"] != psutil.STATUS_ZOMBIE
        and "jupyter_envkernels.jobs.worker" in (process.info["cmdline"] or ())
    ]


def test_cancel_while_downloading(page: Page, lab: Lab, channel_server: ChannelServer) -> None:
    lab.forget("big-demo")
    channel_server.add_rule(r"big-demo", throttle=1_000_000)
    open_lab(page, lab)
    paste_spec(page, "name: big\ndependencies:\n- big-demo\n")
    view = create(page)
    expect(view).to_have_attribute("data-job-phase", "downloading")
    expect(view.get_by_role("progressbar")).to_have_attribute("aria-valuenow", re.compile(r"[1-9]\d*"))
    assert workers(lab)
    view.get_by_role("button", name="Cancel").click()
    expect_state(view, "cancelled")
    assert workers(lab) == []
    assert left_of(lab, "big") == []


def test_a_running_job_is_there_after_a_reload(page: Page, lab: Lab, channel_server: ChannelServer) -> None:
    lab.forget("big-demo")
    channel_server.add_rule(r"big-demo", throttle=1_000_000)
    open_lab(page, lab)
    paste_spec(page, "name: big\ndependencies:\n- big-demo\n")
    expect(create(page)).to_have_attribute("data-job-phase", "downloading")
    page.reload()
    page.locator("#jupyterlab-splash").wait_for(state="detached")
    job = show_panel(page).locator('[data-job-state="running"]')
    job.wait_for()
    job.get_by_role("button", name=re.compile("Cancel")).click()
    expect(show_panel(page).locator('[data-job-state="running"]')).to_have_count(0)
    assert left_of(lab, "big") == []


def test_two_pythons_side_by_side(page: Page, lab: Lab, channel_pythons: list[str]) -> None:
    open_lab(page, lab)
    chosen = (channel_pythons[0], channel_pythons[-1])
    for number, version in enumerate(chosen):
        paste_spec(page, f"name: py{number}\ndependencies:\n- python={version}\n")
        created(page)
        page.get_by_role("button", name="New environment").first.wait_for()
    for number, version in enumerate(chosen):
        open_notebook(page, f"py{number}")
        printed = run_cell(page, f"py{number}", "import sys; print('%d.%d' % sys.version_info[:2], sys.prefix)")
        assert printed == f"{version} {lab.envs}/py{number}"


def test_an_environment_made_elsewhere_shows_by_itself(page: Page, lab: Lab) -> None:
    """As by conda in a terminal: panel and launcher hear of it without a reload, and of its end."""
    open_lab(page, lab)
    page.locator(".lm-DockPanel .lm-TabBar-tab", has_text="Launcher").click()
    write_environment(lab.envs / "elsewhere")
    page.locator(".jp-LauncherCard-label", has_text="elsewhere").first.wait_for(timeout=15_000)
    expect(row(page, "elsewhere")).to_be_visible()
    shutil.rmtree(lab.envs / "elsewhere")
    expect(page.locator(".jp-LauncherCard-label", has_text="elsewhere")).to_have_count(0, timeout=15_000)
    expect(row(page, "elsewhere")).to_have_count(0)
