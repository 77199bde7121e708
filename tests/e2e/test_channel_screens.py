"""What they see who connect a channel, watch it and answer its buyers."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from bin.lib.day.web import post
from bin.lib.day.world import COMPANY, PASSWORD, World

from .conftest import wait_for
from .screens import action, log_in, picture

ADDON = "marketplace_connector"
ACCOUNTS = f"{ADDON}.marketplace_account_action"
COCKPIT = f"{ADDON}.marketplace_account_action_cockpit"
SHOP = "Loja Mercado Livre"
MOMENT = re.compile(r"\d{1,2} de \w+\., \d\d:\d\d")
CPF = re.compile(r"\d{3}\.?\d{3}\.?\d{3}-?\d\d(?!\d)")
QUESTION = "A estante vem com os parafusos de fixação?"
ANSWER = "Sim, os parafusos e as buchas vêm na embalagem. Boas compras!"


@pytest.fixture(scope="module")
def desk(browser: Browser, day_world: World) -> Page:
    """The order desk: sees all accounts, connects none."""
    return log_in(browser, day_world, "pedidos")


@pytest.fixture(scope="module")
def service(browser: Browser, day_world: World) -> Page:
    """Customer service: the only ones who read what buyers write."""
    return log_in(browser, day_world, "atendimento")


@pytest.fixture(scope="module")
def manager(browser: Browser, day_world: World) -> Page:
    """Who connects shops; no system administrator, so the keys are not hers."""
    return log_in(browser, day_world, "canais")


@pytest.fixture(scope="module")
def shop(day_world: World) -> int:
    """The account that the day has sold through."""
    domain = [("name", "=", SHOP)]
    return day_world.client().search_read("marketplace.account", domain, "id")[0]["id"]


def all_of(page: Page) -> None:
    """Take the search's filters and groups away."""
    for _filter in page.locator(".o_facet_remove").all():
        page.locator(".o_facet_remove").first.click()
    page.wait_for_selector(".o_data_row")


def value(page: Page, name: str, near: str = ".o_form_view"):
    return page.locator(f"{near} [name={name}]").first


def test_cockpit_tells_how_each_shop_is_doing(desk, day_world):
    action(desk, day_world, COCKPIT)
    card = desk.locator(".o_kanban_record", has_text=SHOP)
    for words in ("Ativa", "Pedidos novos", "A ler", "NF-e a enviar", "Erros"):
        expect(card).to_contain_text(words)
    expect(card).to_contain_text(MOMENT)
    expect(card.locator("canvas, svg").first).to_be_visible()
    picture(desk, "canal-painel", height=620)


def test_cockpit_shows_one_shop_from_inside(desk, day_world, shop):
    action(desk, day_world, COCKPIT, shop)
    expect(value(desk, "last_sync")).to_contain_text(MOMENT)
    expect(value(desk, "inbox_dead_count")).to_contain_text("0")
    expect(value(desk, "outbox_problem_count")).to_be_visible()
    expect(value(desk, "difference_count")).to_be_visible()
    # Calls and errors are in words, not in the names of classes.
    errors = desk.locator("[name=errors], [name=error_lines]")
    for raw in ("Rejected", "Transient", "NotPrintable", "RateLimited"):
        expect(errors.filter(has_text=raw)).to_have_count(0)
    picture(desk, "canal-conta", height=1000)


@pytest.fixture
def new_shop(day_world: World) -> Iterator[int]:
    """A shop that the manager has just made; gone again afterwards."""
    admin = day_world.client()
    company = admin.search_read("res.company", [("name", "=", COMPANY["name"])], "id")
    values = {
        "name": "Loja Nova",
        "channel": "mercadolivre",
        "company_id": company[0]["id"],
        "public_url": "https://erp.exemplo.com.br",
    }
    manager = day_world.client("canais", PASSWORD)
    ours = {"lang": "pt_BR"}
    [account] = manager.call("marketplace.account", "create", [values], context=ours)
    yield account
    admin.call("marketplace.account", "unlink", [account])


def test_new_shop_is_led_through_the_steps(manager, day_world, new_shop):
    action(manager, day_world, ACCOUNTS, new_shop)
    steps = manager.locator("[name=connect_steps]")
    current = steps.locator(".o_arrow_button_current")
    expect(current).to_have_text("1. Aplicativo")
    expect(steps).to_contain_text("Cadastre um aplicativo")
    expect(manager.locator("[name=client_secret]")).to_have_count(0)

    keys = {"client_id": "4520987364512", "client_secret": "nobody-may-see-this"}
    day_world.client().call("marketplace.account", "write", [new_shop], keys)
    manager.reload()
    expect(current).to_have_text("2. Notificações")
    address = steps.locator("[name=hook_url]")
    expect(address).to_contain_text("https://erp.exemplo.com.br/marketplace/")
    expect(steps.locator("[name=return_url]")).to_contain_text("/oauth/mercadolivre")
    picture(manager, "canal-conexao", height=1000)
    assert keys["client_secret"] not in manager.content()

    manager.get_by_role("button", name="Já cadastrei").click()
    expect(current).to_have_text("3. Autorização")
    expect(steps.get_by_role("button", name="Conectar")).to_be_visible()


@pytest.fixture(scope="module")
def offers(day_world: World, shop: int) -> Iterator[None]:
    """Stock is sent; one listing has lost its product."""
    manager = day_world.client("canais", PASSWORD)
    settings = {"push_stock": True, "safety_stock": 2}
    manager.call("marketplace.account", "write", [shop], settings)

    def read_at() -> str:
        domain = [("id", "=", shop)]
        found = manager.search_read("marketplace.account", domain, "listings_read_at")
        return found[0]["listings_read_at"]

    before = read_at()
    manager.call("marketplace.account", "action_import_listings", [shop])
    mine = [("account_id", "=", shop)]
    wait_for(lambda: read_at() != before, "the listings are read")
    lost = manager.search_read("marketplace.listing", mine, "product_id", "sku")[0]
    known = {"product_id": lost["product_id"][0], "sku": lost["sku"]}
    unknown = dict.fromkeys(known, False)
    manager.call("marketplace.listing", "write", [lost["id"]], unknown)
    manager.call("marketplace.listing", "action_suggest", [lost["id"]])
    manager.call("marketplace.account", "action_push_offers", [shop])
    sent = [*mine, ("stock_state", "=", "sent")]
    wait_for(
        lambda: manager.search_read("marketplace.listing", sent, "id"),
        "the stock is sent",
    )
    yield
    manager.call("marketplace.listing", "write", [lost["id"]], known)
    settings = {"push_stock": False, "safety_stock": 0}
    manager.call("marketplace.account", "write", [shop], settings)


def test_listings_say_what_they_are_and_what_they_offer(desk, day_world, offers):
    action(desk, day_world, f"{ADDON}.marketplace_listing_action")
    rows = desk.locator(".o_data_row")
    expect(rows.filter(has_text="Em dia").first).to_be_visible()
    lost = desk.locator(".o_data_row.text-danger")
    expect(lost).to_have_count(1)
    expect(lost.get_by_role("button", name="Aceitar")).to_be_visible()
    picture(desk, "anuncios", height=600)


def test_account_says_what_it_sends(desk, day_world, shop, offers):
    action(desk, day_world, ACCOUNTS, shop)
    expect(value(desk, "listings_read_at")).to_contain_text(MOMENT)
    expect(value(desk, "listing_unmatched_count")).to_have_text("1")
    expect(value(desk, "safety_stock")).to_have_text("2,00")
    picture(desk, "anuncios-conta", height=1150)


@pytest.fixture(scope="module")
def order(day_world: World) -> int:
    """An order that went all the way."""
    domain = [("b2c_parcel_state", "in", ["handed_over", "in_transit"])]
    desk = day_world.client("pedidos", PASSWORD)
    return desk.search_read("sale.order", domain, "id")[0]["id"]


def both_sides(page: Page, world: World, order: int):
    """The table of an order's channel page."""
    action(page, world, "industry_b2c_sales.sale_order_action", order)
    page.get_by_role("tab", name="Canal", exact=True).click()
    return page.locator(".o_marketplace_sides")


def test_both_sides_of_an_order_agree(desk, day_world, order):
    sides = both_sides(desk, day_world, order)
    for words in ("Pedido", "Pagamento", "Total", "Unidades de", "NF-e da remessa"):
        expect(sides).to_contain_text(words)
    expect(sides.locator("tr", has_text="Pagamento")).to_contain_text("Pago")
    expect(sides.locator(".table-danger")).to_have_count(0)


def test_address_of_a_buyer_shows_no_cpf(desk, day_world, order):
    action(desk, day_world, "industry_b2c_sales.sale_order_action", order)
    address = value(desk, "partner_id")
    expect(address).to_contain_text("***.")
    assert not CPF.search(address.inner_text())


@pytest.fixture(scope="module")
def refused(day_world: World) -> Iterator[dict]:
    """A note that the channel's gateway does not let through: its parcel and order."""
    control = day_world.market_at["control"]
    fault = {"kind": "http_error", "path": "/shipments/", "method": "POST"}
    post(f"{control}/fault", {**fault, "times": 50})
    post(
        f"{control}/order",
        {"lines": [{"seller_sku": "EST-PAR-04", "quantity": 1}]},
    )
    desk = day_world.client("pedidos", PASSWORD)
    failed = [("state", "=", "failed")]
    rows = wait_for(
        lambda: desk.search_read(
            "marketplace.outbox", failed, "parcel_id", "sale_order_ids"
        ),
        "the channel does not take the note",
    )
    yield {
        "parcel": rows[0]["parcel_id"][1],
        "order": rows[0]["sale_order_ids"][0],
    }
    day_world.client().session.delete(f"{control}/fault").raise_for_status()
    outbox = [row["id"] for row in rows]
    desk.call("marketplace.outbox", "action_send_again", outbox)
    taken = [("id", "in", outbox), ("state", "=", "accepted")]
    wait_for(
        lambda: desk.search_read("marketplace.outbox", taken, "id"),
        "the note is sent again",
    )


def test_what_differs_between_both_sides_is_red(desk, day_world, refused):
    sides = both_sides(desk, day_world, refused["order"])
    expect(sides.locator(".table-danger")).to_have_count(1)
    expect(sides.locator(".table-danger")).to_contain_text("NF-e da remessa")
    expect(sides.locator(".table-danger")).to_contain_text("Autorizada")
    picture(desk, "dois-lados", height=1050)


def test_fiscal_outbox_says_who_waits_for_which_note(desk, day_world, refused):
    action(desk, day_world, f"{ADDON}.marketplace_fiscal_delivery_action")
    group = desk.locator(".o_group_header", has_text="Será tentado de novo")
    group.click()
    row = desk.locator(".o_data_row", has_text=refused["parcel"])
    for words in ("Marketplace", SHOP, "O canal respondeu"):
        expect(row).to_contain_text(words)
    picture(desk, "envio-fiscal", height=500)

    action(desk, day_world, f"{ADDON}.marketplace_outbox_action")
    row = desk.locator(".o_data_row", has_text=refused["parcel"])
    expect(row).to_contain_text("Será tentado de novo")
    row.locator("[name=document_number]").click()
    again = desk.get_by_role("button", name="Enviar novamente")
    expect(again).to_be_visible()


def test_inbox_says_what_was_told_and_whether_it_was_read(desk, day_world):
    action(desk, day_world, f"{ADDON}.marketplace_inbox_action")
    all_of(desk)
    row = desk.locator(".o_data_row", has_text="Concluído").first
    expect(row).to_contain_text(SHOP)
    expect(row.locator("[name=kind]")).to_have_text(
        re.compile("Pedido|Remessa|Anúncio")
    )
    picture(desk, "canal-notificacoes", height=500)
    row.locator("[name=external_id]").click()
    expect(value(desk, "auth")).to_contain_text(re.compile("Sem assinatura|Pergunta"))
    # What the channel wrote may name a buyer.
    expect(desk.locator("[name=body]")).to_have_count(0)


def test_buyer_gets_an_answer(service, day_world):
    control = day_world.market_at["control"]
    post(f"{control}/ask", {"text": QUESTION})
    asked = [("kind", "=", "question"), ("answered", "=", False)]
    client = day_world.client("atendimento", PASSWORD)
    wait_for(
        lambda: client.search_read("marketplace.message", asked, "id"),
        "the question is here",
    )
    action(service, day_world, f"{ADDON}.marketplace_message_action")
    row = service.locator(".o_data_row", has_text=QUESTION)
    expect(row).to_contain_text("Pergunta")
    row.get_by_role("button", name="Responder").click()
    dialog = service.locator(".modal-dialog")
    expect(dialog).to_contain_text(QUESTION)
    expect(value(service, "text_limit", ".modal-dialog")).to_have_text("350")
    dialog.locator("[name=text] textarea").fill(ANSWER)
    picture(service, "responder", height=650)
    dialog.get_by_role("button", name="Enviar").click()
    wait_for(
        lambda: not client.search_read("marketplace.message", asked, "id"),
        "the answer is with the buyer",
    )
    service.reload()
    expect(service.locator(".o_view_nocontent")).to_contain_text("espera")


def test_words_of_buyers_are_for_customer_service_alone(desk, day_world):
    desk.goto(f"{day_world.odoo_url}/odoo/action-{ADDON}.marketplace_message_action")
    desk.wait_for_selector(".o_view_controller, .o_error_dialog, .modal-dialog")
    assert QUESTION not in desk.content()
