"""Notebook 7, which has no main area: the panel's pages are tabs of its tree page, or tree pages of their own."""

from __future__ import annotations

import time

from playwright.sync_api import Page, expect

from .lab import Lab, accessibility_faults, created


def open_tree(page: Page, lab: Lab) -> None:
    page.goto(lab.url.replace("lab?reset&", "tree?"))
    page.locator(".jp-DirListing-item").first.wait_for()


def show_sidebar(page: Page) -> None:
    page.get_by_role("menuitem", name="View").click()
    page.locator(".lm-Menu-item", has_text="Left Sidebar").hover()
    page.locator(".lm-Menu-item", has_text="Environments").click()
    page.locator("#jp-envkernels-panel").wait_for()


def test_create_open_and_delete(page: Page, lab: Lab) -> None:
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    (lab.root / "environment-tree.yml").write_text("name: tree\ndependencies:\n  - python\n  - ipykernel\n")
    open_tree(page, lab)
    page.get_by_role("menuitem", name="File").click()
    page.locator(".lm-Menu-item", has_text="New").first.hover()
    page.locator(".lm-Menu-item", has_text="Environment…").click()
    expect(page.locator(".jp-EnvKernels-specText:visible .cm-content")).to_contain_text("name: first-steps")
    page.locator(".lm-TabBar-tab", has_text="Files").click()
    page.locator(".jp-DirListing-item", has_text="environment-tree.yml").click(button="right")
    page.locator(".lm-Menu-item", has_text="Create Environment").click()
    view = created(page)
    assert accessibility_faults(page, ".jp-EnvKernels-workspace:not(.lm-mod-hidden)") == []
    with page.context.expect_page() as opened:
        view.get_by_role("button", name="Open a notebook").click()
    notebook = opened.value
    notebook.set_default_timeout(30_000)
    notebook.locator(".jp-Notebook").wait_for()
    assert "/notebooks/" in notebook.url
    expect(notebook.locator(".jp-KernelName")).to_contain_text("tree")
    show_sidebar(notebook)
    with notebook.context.expect_page() as elsewhere:
        notebook.get_by_role("button", name="New environment").click()
    expect(elsewhere.value.locator(".jp-EnvKernels-specText .cm-content")).to_contain_text("name: first-steps")
    elsewhere.value.close()
    notebook.close()

    show_sidebar(page)
    page.locator('[data-env-name="tree"]').click(button="right")
    page.locator(".lm-Menu-item", has_text="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    row = page.locator('[data-env-name="tree"]')
    anyway = page.get_by_role("button", name="Delete anyway")
    deadline = time.monotonic() + 60
    while row.count():
        assert time.monotonic() < deadline
        if anyway.is_visible():  # the kernel of the notebook runs
            anyway.click()
        page.wait_for_timeout(200)
    assert [error for error in errors if "envkernels" in error] == []
