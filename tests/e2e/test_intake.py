"""Orders of a channel without adapter, from the file to the authorised note, as the
order desk does it in a browser: upload, check, take in, correct what is left."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from bin.lib.day.world import COMPANY, PASSWORD, World
from simulators.mercadolivre.catalog import DEFAULT_CATALOG

from .conftest import wait_for
from .screens import action, log_in, picture

SOURCE = "loja/1"
HEADERS = (
    "Número do pedido;Data do pedido;Nome;CPF/CNPJ;CEP;Rua;Número;Bairro;Cidade;UF;"
    "SKU;Produto;Quantidade;Preço unitário;Frete;Forma de pagamento"
)
CONSUMER = (
    "Consumidora Exemplo;529.982.247-25;20011-901;Rua da Assembleia;10;Centro;"
    "Rio de Janeiro;RJ"
)
ORDERS = 12
ORDERED_AT = datetime.now(ZoneInfo("America/Sao_Paulo")) - timedelta(minutes=40)


def line(number: str, sku: str, title: str, price: str = "199,90") -> str:
    at = f"{ORDERED_AT:%d/%m/%Y %H:%M}"
    return f"{number};{at};{CONSUMER};{sku};{title};1;{price};20,00;Pix"


@pytest.fixture(scope="module")
def order_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Good orders, one of two rows, an unknown code, a price that is none."""
    first, second = DEFAULT_CATALOG[:2]
    rows = [
        line("L-100", first.seller_sku, first.title),
        line("L-100", second.seller_sku, second.title, "89,90"),
        line("L-101", "POLTRONA-AZUL", "Poltrona azul"),
        line("L-102", first.seller_sku, first.title, "a combinar"),
        *(
            line(f"L-{103 + n}", first.seller_sku, first.title)
            for n in range(ORDERS - 3)
        ),
    ]
    file = tmp_path_factory.mktemp("orders") / "pedidos-da-loja.csv"
    file.write_text("\n".join([HEADERS, *rows]), encoding="cp1252")
    return file


@pytest.fixture(scope="module")
def layout(day_world: World) -> int:
    """An administrator has made the layout of the channel's files."""
    admin = day_world.client()
    company = admin.search_read("res.company", [("name", "=", COMPANY["name"])], "id")
    values = {"name": "Loja própria", "source": SOURCE, "company_id": company[0]["id"]}
    return admin.call("b2c.import.layout", "create", [values])[0]


@pytest.fixture(scope="module")
def seller(browser: Browser, day_world: World, layout: int) -> Page:
    """A browser of somebody of the order desk."""
    expect.set_options(timeout=30_000)
    return log_in(browser, day_world, "pedidos")


def upload(page: Page, world: World, file: Path) -> None:
    """A new file of the layout, checked."""
    action(page, world, "industry_b2c_sales.b2c_import_action/new")
    page.locator("[name=layout_id] input").click()
    page.locator(".o-autocomplete--dropdown-item", has_text="Loja própria").click()
    page.locator("[name=file] input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Conferir", exact=True).click()


def orders_of(world: World) -> dict[str, dict]:
    desk = world.client("pedidos", PASSWORD)
    found = desk.search_read(
        "sale.order",
        [("b2c_source", "=", SOURCE)],
        *("b2c_external_id", "state", "b2c_fiscal_state", "b2c_reserved_at"),
    )
    return {order["b2c_external_id"]: order for order in found}


def test_file_is_checked_before_it_is_taken_in(seller, day_world, order_file):
    upload(seller, day_world, order_file)
    rows = seller.locator("[name=row_ids] .o_data_row")
    expect(rows).to_have_count(ORDERS + 1)
    expect(rows.nth(0).locator("td[name=outcome]")).to_have_text("Pronto")
    expect(rows.nth(2).locator("td[name=outcome]")).to_have_text("Fila de pendências")
    expect(rows.nth(3)).to_contain_text("não é um número")
    assert not orders_of(day_world)
    picture(seller, "arquivo")


def test_good_rows_become_orders_with_their_notes(seller, day_world):
    seller.get_by_role("button", name="Receber pedidos").click()
    expect(seller.locator("[name=state] .o_arrow_button_current")).to_have_text(
        "Recebido"
    )

    def all_authorized() -> bool:
        orders = orders_of(day_world).values()
        return len(orders) == ORDERS - 2 and all(
            order["b2c_fiscal_state"] == "authorized" and order["b2c_reserved_at"]
            for order in orders
        )

    wait_for(all_authorized, "the orders of the file with their notes")


def test_product_is_chosen_and_the_order_comes_in(seller, day_world):
    desk = day_world.client("pedidos", PASSWORD)
    [issue] = desk.search_read(
        "b2c.issue", [("external_ref", "=", f"{SOURCE}/L-101")], "id"
    )
    action(seller, day_world, "industry_b2c_sales.b2c_issue_action", issue["id"])
    seller.get_by_role("button", name="Escolher produtos").click()
    dialog = seller.get_by_role("dialog")
    dialog.locator(".o_data_row [name=product_id]").click()
    product = DEFAULT_CATALOG[2]
    dialog.locator("[name=product_id] input").fill(product.seller_sku)
    found = seller.locator(".o-autocomplete--dropdown-item", has_text=product.title)
    found.click()
    picture(seller, "escolher-produtos")
    dialog.get_by_role("button", name="Salvar e receber").click()
    expect(dialog).to_have_count(0)
    wait_for(lambda: "L-101" in orders_of(day_world), "the order of the chosen product")


def test_same_file_again_makes_nothing_twice(seller, day_world, order_file):
    upload(seller, day_world, order_file)
    expect(seller.get_by_role("status")).to_contain_text("já foi recebido antes")
    rows = seller.locator("[name=row_ids] .o_data_row td[name=outcome]")
    expect(rows.nth(0)).to_have_text("Já está aqui")
    expect(rows.nth(2)).to_have_text("Já está aqui")


def test_times_of_the_steps(seller, day_world):
    action(seller, day_world, "industry_b2c_sales.b2c_latency_report_action")
    expect(seller.locator(".o_data_row").first).to_be_visible()
    expect(seller.locator(".o_list_table")).to_contain_text(
        "Total: pagamento → reservado"
    )
    picture(seller, "tempos")


def test_what_is_stuck(seller, day_world):
    action(seller, day_world, "industry_b2c_sales.b2c_stuck_order_action")
    # Nothing of the day is that old.
    facet = seller.locator(".o_searchview_facet", has_text="Há mais de 15 minutos")
    facet.locator(".o_facet_remove").click()
    seller.locator(".o_group_header", has_text="A expedir").click()
    expect(seller.locator(".o_data_row", has_text="L-103")).to_be_visible()
    picture(seller, "parados")
