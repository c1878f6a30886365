"""Specs that are being written: none is lost, and each is a document of its own."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from .lab import Lab, create, created, expect_state, open_lab, paste_spec, show_panel

_TEXT = ".jp-EnvKernels-specText:visible .cm-content"


def reload(page: Page) -> None:
    page.reload()
    page.locator("#jupyterlab-splash").wait_for(state="detached", timeout=60_000)


def tabs(page: Page) -> Locator:
    """The tabs of the main area."""
    return page.locator('#jp-main-dock-panel .lm-TabBar-tab[data-id^="jp-envkernels-workspace"]')


def test_what_was_typed_is_there_after_two_reloads(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    paste_spec(page, "name: first\ndependencies:\n  - prio-demo\n")
    paste_spec(page, "name: second\ndependencies:\n  - big-demo\n")
    expect(tabs(page)).to_have_count(2, timeout=20_000)
    page.locator(_TEXT).click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type("# typed just before")
    for _ in range(2):
        reload(page)
        expect(tabs(page)).to_have_count(2, timeout=20_000)
        first, second = sorted(texts(page))
        assert "name: first" in first
        assert "name: second" in second
        assert "# typed just before" in second


def texts(page: Page) -> list[str]:
    """What is written in each tab."""
    found = []
    for tab in tabs(page).all():
        tab.click()
        expect(page.locator(_TEXT)).to_contain_text("name: ")
        found.append(page.locator(_TEXT).inner_text())
    return found


def test_a_failed_job_opens_its_own_spec(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    paste_spec(page, "name: wrong\ndependencies:\n  - prio-dmo\n")
    expect_state(create(page), "failed")
    paste_spec(page, "name: right\ndependencies:\n  - prio-demo\n")
    created(page)
    show_panel(page).get_by_role("toolbar", name="Manage environments").get_by_role(
        "button", name="New environment"
    ).click()
    expect(page.locator(_TEXT)).to_contain_text("name: first-steps")
    reload(page)
    show_panel(page).locator('[data-job-kind="create"][data-job-state="failed"]').first.click()
    page.get_by_role("button", name="Edit spec").locator("visible=true").click()
    expect(page.locator(_TEXT)).to_contain_text("prio-dmo")


def test_a_tab_with_a_spec_asks_before_it_closes(page: Page, lab: Lab) -> None:
    open_lab(page, lab)
    paste_spec(page, "name: half\ndependencies:\n")
    close = tabs(page).locator(".lm-TabBar-tabCloseIcon")
    close.click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(tabs(page)).to_have_count(1)
    close.click()
    page.get_by_role("dialog").get_by_role("button", name="Discard").click()
    expect(tabs(page)).to_have_count(0)


def test_an_edited_file_keeps_its_folder(page: Page, lab: Lab) -> None:
    (lab.root / "edited.txt").write_text("--no-such-option\n")
    spec = "name: course\ndependencies:\n  - python\n  - pip\n  - pip:\n      - -r edited.txt\n"
    (lab.root / "environment-edited.yml").write_text(spec)
    open_lab(page, lab)
    page.locator('.jp-SideBar .lm-TabBar-tab[data-id="filebrowser"]').click()
    file = page.locator(".jp-DirListing-item", has_text="environment-edited.yml")
    file.click(button="right")
    page.locator(".lm-Menu-item", has_text="Create Environment").click()
    expect(tabs(page)).to_contain_text("environment-edited.yml")
    page.locator(_TEXT).click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type("# edited")
    expect(page.locator(".jp-EnvKernels-specBottom:visible")).to_contain_text("edited.txt")
