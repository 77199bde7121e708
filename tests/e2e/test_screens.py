"""What people see, in a real browser, in Portuguese.

``B2C_SCREENSHOTS=docs/img bin/test e2e`` renews the pictures of the documentation.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from bin.lib.day.world import PASSWORD, World

from .conftest import LOCAL

PICTURES = Path(os.environ.get("B2C_SCREENSHOTS", LOCAL / "e2e-img"))
BROWSERS = ("chromium", "google-chrome", "chromium-browser")
# The carrier's scan may have been told already.
LEFT = {"handed_over": "Expedido", "in_transit": "Em trânsito"}
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
)


@pytest.fixture(scope="module")
def page(day_world: World) -> Iterator[Page]:
    """A browser, logged in as the administrator of the demo."""
    program = next(filter(None, map(shutil.which, BROWSERS)))
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        context = browser.new_context(
            viewport={"width": 1440, "height": 900}, locale="pt-BR"
        )
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.goto(f"{day_world.odoo_url}/web/login")
        page.fill("input[name=login]", "admin")
        page.fill("input[name=password]", "admin")
        page.click("button[type=submit]")
        page.wait_for_selector(".o_web_client")
        yield page
        browser.close()


def action(page: Page, world: World, name: str, record: int | None = None) -> None:
    """Open an action, or one record of it, as a link does."""
    page.goto(f"{world.odoo_url}/odoo/action-{name}" + (f"/{record}" if record else ""))
    page.wait_for_selector(".o_view_controller")


def picture(page: Page, name: str) -> None:
    """Take a picture of the whole screen."""
    # The page never falls silent: it tries to reach the websocket.
    page.wait_for_timeout(1500)
    file = PICTURES / f"{name}.png"
    page.screenshot(path=str(file))
    assert file.stat().st_size > 10_000


@pytest.fixture(scope="module")
def order(day_world: World) -> dict:
    """An order that went all the way."""
    return day_world.client("pedidos", PASSWORD).search_read(
        "sale.order", [("b2c_parcel_state", "in", list(LEFT))], "b2c_parcel_state"
    )[0]


def test_order_shows_its_axes(page, day_world, order):
    action(page, day_world, "industry_b2c_sales.sale_order_action", order["id"])
    axes = page.locator("[name=b2c_axes]")
    expect(axes).to_contain_text("Pedido")
    expect(axes.locator("[name=b2c_fiscal_state]")).to_have_text("Aceita pelo canal")
    expect(axes.locator("[name=b2c_parcel_state]")).to_have_text(
        LEFT[order["b2c_parcel_state"]]
    )
    page.get_by_role("tab", name="Venda ao consumidor").click()
    expect(page.locator("[name=b2c_event_ids]")).to_be_visible()
    picture(page, "pedido")


def test_order_leads_to_its_note(page, day_world, order):
    action(page, day_world, "industry_b2c_sales.sale_order_action", order["id"])
    page.locator("button[name=action_view_b2c_nfe]").click()
    page.get_by_role("tab", name="NF-e").click()
    expect(page.locator("[name=state_edoc]").first).to_contain_text("Autorizada")
    expect(page.locator("[name=authorization_protocol]").first).to_be_visible()
    picture(page, "nota")


def test_order_leads_to_its_label(page, day_world, order):
    action(page, day_world, "industry_b2c_sales.sale_order_action", order["id"])
    page.locator("button[name=action_view_marketplace_parcels]").click()
    expect(page.locator("[name=invoice_state]").first).to_contain_text("Aceita")
    picture(page, "remessa")


def test_label_as_paper(export_folder):
    label = next(export_folder.glob("*-danfe-etiqueta.pdf"))
    target = PICTURES / "etiqueta"
    subprocess.run(
        ["pdftoppm", "-png", "-singlefile", "-r", "110", str(label), str(target)],
        check=True,
    )
    assert target.with_suffix(".png").stat().st_size > 5_000
