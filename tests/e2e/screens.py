"""A browser as people use it: log in, open a screen, take its picture.

``B2C_SCREENSHOTS=docs/img bin/test e2e`` renews the pictures of the documentation.
"""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import Browser, Page

from bin.lib.day.processes import ROOT
from bin.lib.day.world import PASSWORD, World

LOCAL = Path(os.environ.get("B2C_LOCAL", ROOT / ".local"))
PICTURES = Path(os.environ.get("B2C_SCREENSHOTS", LOCAL / "e2e-img"))
WIDTH, HEIGHT = 1440, 900
BROWSERS = ("chromium", "google-chrome", "chromium-browser")
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
)


def log_in(browser: Browser, world: World, login: str) -> Page:
    """A window of a user of the demo who has the rights of one role."""
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        locale="pt-BR",
        timezone_id="America/Sao_Paulo",
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{world.odoo_url}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_selector(".o_web_client")
    return page


def action(page: Page, world: World, name: str, record: int | None = None) -> None:
    """Open an action, or one record of it, as a link does."""
    page.goto(f"{world.odoo_url}/odoo/action-{name}" + (f"/{record}" if record else ""))
    page.wait_for_selector(".o_view_controller")


def picture(page: Page, name: str, height: int = HEIGHT) -> None:
    """Take a picture of the window, made higher where a page needs it."""
    page.set_viewport_size({"width": WIDTH, "height": height})
    # The page never falls silent: it tries to reach the websocket.
    page.wait_for_timeout(1500)
    file = PICTURES / f"{name}.png"
    page.screenshot(path=str(file))
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    assert file.stat().st_size > 10_000
