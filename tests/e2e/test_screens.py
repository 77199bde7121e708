"""What people see, in a real browser, in Portuguese."""

from __future__ import annotations

import subprocess

import pytest
from playwright.sync_api import Browser, Page, expect

from bin.lib.day.web import post
from bin.lib.day.world import COMPANY, PASSWORD, World

from .conftest import wait_for
from .screens import PICTURES, action, log_in, picture

# The carrier's scan may have been told already.
LEFT = {"handed_over": "Expedida", "in_transit": "Em trânsito"}


@pytest.fixture(scope="module")
def desk(browser: Browser, day_world: World) -> Page:
    """The order desk's window."""
    return log_in(browser, day_world, "pedidos")


@pytest.fixture(scope="module")
def warehouse(browser: Browser, day_world: World) -> Page:
    """The window of those who pack and dispatch."""
    return log_in(browser, day_world, "expedicao")


@pytest.fixture(scope="module")
def fiscal(browser: Browser, day_world: World) -> Page:
    """The fiscal department's window."""
    return log_in(browser, day_world, "fiscal")


@pytest.fixture(scope="module")
def order(day_world: World) -> dict:
    """An order that went all the way."""
    return day_world.client("pedidos", PASSWORD).search_read(
        "sale.order", [("b2c_parcel_state", "in", list(LEFT))], "b2c_parcel_state"
    )[0]


def test_order_shows_its_axes(desk, day_world, order):
    action(desk, day_world, "industry_b2c_sales.sale_order_action", order["id"])
    axes = desk.locator("[name=b2c_axes]")
    expect(axes).to_contain_text("Pedido")
    expect(axes.locator("[name=b2c_fiscal_state]")).to_have_text("Aceita pelo canal")
    expect(axes.locator("[name=b2c_parcel_state]")).to_have_text(
        LEFT[order["b2c_parcel_state"]]
    )
    desk.get_by_role("tab", name="Linha do tempo").click()
    expect(desk.locator("[name=b2c_event_ids]")).to_be_visible()
    picture(desk, "pedido", height=1050)


def test_orders_are_seen_at_a_glance(desk, day_world):
    action(desk, day_world, "industry_b2c_sales.sale_order_action")
    expect(desk.locator(".o_data_row [name=b2c_fiscal_state]").first).to_be_visible()
    picture(desk, "pedidos")


def test_order_leads_to_its_note(fiscal, day_world, order):
    action(fiscal, day_world, "industry_b2c_sales.sale_order_action", order["id"])
    fiscal.locator("button[name=action_view_b2c_nfe]").click()
    fiscal.get_by_role("tab", name="NF-e", exact=True).click()
    expect(fiscal.locator("[name=state_edoc]").first).to_contain_text("Autorizada")
    expect(fiscal.locator("[name=authorization_protocol]").first).to_be_visible()
    picture(fiscal, "nota", height=1150)


def test_burnt_numbers_are_voided(fiscal, day_world):
    """Two numbers that were drawn and lost: the fiscal department voids them."""
    first, serie = lose_numbers(day_world, 2)
    clerk = day_world.client("fiscal", PASSWORD)
    values = {
        "document_serie_id": serie,
        "number_first": first,
        "number_last": first + 1,
        "reason": "Falha na sequência da série",
    }
    [voiding] = clerk.call("nfe.voiding", "create", [values])
    action(fiscal, day_world, "nfe_batch.nfe_voiding_action", voiding)
    picture(fiscal, "inutilizacao")
    fiscal.get_by_role("button", name="Inutilizar na SEFAZ").click()
    fiscal.locator(".modal-footer .btn-primary").click()
    wait_for(
        lambda: (
            clerk.search_read("nfe.voiding", [("id", "=", voiding)], "state")[0][
                "state"
            ]
            == "authorized"
        ),
        "the SEFAZ voids the numbers",
    )
    fiscal.reload()
    current = fiscal.locator(".o_arrow_button_current")
    expect(current).to_have_text("Inutilizada")


def lose_numbers(world: World, count: int) -> tuple[int, int]:
    """As a program that died with numbers in its hands: the first one, the series."""
    admin = world.client()
    serie = admin.search_read(
        "l10n_br_fiscal.document.serie",
        [
            ("company_id.name", "=", COMPANY["name"]),
            ("document_type_id.code", "=", "55"),
        ],
        "internal_sequence_id",
    )[0]
    sequence = serie["internal_sequence_id"][0]
    domain = [("id", "=", sequence)]
    first = admin.search_read("ir.sequence", domain, "number_next_actual")[0][
        "number_next_actual"
    ]
    admin.call(
        "ir.sequence", "write", [sequence], {"number_next_actual": first + count}
    )
    return first, serie["id"]


def test_note_tells_its_history(fiscal, day_world):
    clerk = day_world.client("fiscal", PASSWORD)
    document = clerk.search_read(
        "l10n_br_fiscal.document", [("state_edoc", "=", "autorizada")], "document_key"
    )[0]
    action(fiscal, day_world, "l10n_br_fiscal.nfe_document_action", document["id"])
    fiscal.get_by_role("tab", name="Histórico da NF-e").click()
    history = fiscal.locator("div[name=nfe_timeline]")
    expect(history).to_contain_text("Documento criado")
    expect(history).to_contain_text("Autorizada, protocolo")
    picture(fiscal, "nota-historico", height=1000)
    key = document["document_key"]
    found = clerk.search_read(
        "l10n_br_fiscal.document", [("nfe_search", "ilike", key[20:43])], "document_key"
    )
    assert [row["document_key"] for row in found] == [key]


def test_batch_of_a_pick_up(fiscal, day_world):
    """The board counts by itself; what is through stays green."""
    clerk = day_world.client("fiscal", PASSWORD)
    notes = clerk.search_read(
        "l10n_br_fiscal.document", [("state_edoc", "=", "autorizada")], "id"
    )
    values = {
        "document_ids": [[6, 0, [note["id"] for note in notes]]],
        "name": "Rota Sul, 17 h",
        "deadline": "2099-01-05 20:00:00",
    }
    [wizard] = clerk.call("nfe.batch.add", "create", [values])
    clerk.call("nfe.batch.add", "action_add", [wizard])
    action(fiscal, day_world, "nfe_batch.nfe_batch_action")
    card = fiscal.locator(".o_kanban_record", has_text="Rota Sul, 17 h")
    expect(card).to_contain_text(f"{len(notes)} autorizadas")
    expect(card).to_contain_text("Todas autorizadas")
    # It asks again on its own.
    fiscal.wait_for_event(
        "request",
        predicate=lambda request: "nfe.batch/web_search_read" in request.url,
        timeout=15_000,
    )
    picture(fiscal, "painel-de-lotes", height=500)


def test_configuration_is_checked(fiscal, day_world):
    action(fiscal, day_world, "nfe_batch.nfe_config_check_action_server")
    expect(fiscal.locator(".o_data_row").first).to_be_visible()
    picture(fiscal, "verificacao", height=500)


def test_order_leads_to_its_label(warehouse, day_world, order):
    action(warehouse, day_world, "industry_b2c_sales.sale_order_action", order["id"])
    warehouse.locator("button[name=action_view_marketplace_parcels]").click()
    warehouse.locator(".o_data_row [name=external_id]").first.click()
    expect(warehouse.locator("[name=invoice_state]").first).to_contain_text("Aceita")
    label = warehouse.frame_locator("[name=label_pdf] iframe")
    # One page: its own label and nobody else's.
    expect(label.locator(".page[data-loaded=true] canvas")).to_be_visible()
    picture(warehouse, "remessa", height=1150)


@pytest.fixture(scope="module")
def stuck(day_world: World) -> None:
    """Two orders that cannot be taken in: one buyer, one product are not right."""
    desk = day_world.client("pedidos", PASSWORD)
    for spec in (
        {"lines": [{"seller_sku": "BAN-MAD-02", "quantity": 1}], "invalid_cpf": True},
        {"lines": [], "unknown_sku": True},
    ):
        post(f"{day_world.market_at['control']}/order", spec)
    wait_for(
        lambda: desk.call("b2c.issue", "search_count", [("state", "=", "open")]) >= 2,
        "both orders are in the work queue",
    )


def test_work_queue_says_what_to_do(desk, day_world, stuck):
    action(desk, day_world, "industry_b2c_sales.b2c_issue_action")
    rows = desk.locator(".o_data_row")
    expect(rows.filter(has_text="CPF")).to_contain_text("Peça o CPF correto")
    expect(rows.filter(has_text="DESCONHECIDO")).to_contain_text("Tentar de novo")
    picture(desk, "fila", height=500)


def test_label_as_paper(export_folder):
    label = next(export_folder.glob("*-danfe-etiqueta.pdf"))
    target = PICTURES / "etiqueta"
    subprocess.run(
        ["pdftoppm", "-png", "-singlefile", "-r", "110", str(label), str(target)],
        check=True,
    )
    assert target.with_suffix(".png").stat().st_size > 5_000
