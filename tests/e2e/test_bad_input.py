"""Bad input: a typed message in Portuguese in the work queue, the order kept, the rest
goes on; and when the cause is mended, the order goes on too."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest

from bin.lib.day.books import Books
from bin.lib.day.web import post
from bin.lib.day.world import COMPANY, PASSWORD, World

from .conftest import new_world, running, wait_for

SKU = "BAN-MAD-02"


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """One world for all cases: what one of them breaks, it mends."""
    yield from running(new_world("e2e_bad"))


@pytest.fixture
def client(world):
    return world.client("pedidos", PASSWORD)


@pytest.fixture
def fiscal(world):
    """Only the fiscal people may send a note again."""
    return world.client("fiscal", PASSWORD)


@pytest.fixture
def admin(world):
    return world.client()


def buy(world: World, **spec) -> str:
    """A buyer buys; returns the order's number at the marketplace."""
    spec.setdefault("lines", [{"seller_sku": SKU, "quantity": 1}])
    created = post(f"{world.market_at['control']}/order", spec)
    return str(created["order_id"])


def issue(client, code: str, state: str = "open") -> dict | None:
    """The newest item of this type in the work queue."""
    found = client.search_read(
        "b2c.issue",
        [("code", "=", code), ("state", "=", state)],
        "message",
        "order_id",
        "external_ref",
        "state",
    )
    return found[-1] if found else None


def order(client, number: str, *fields: str) -> dict | None:
    found = client.search_read(
        "sale.order",
        [("b2c_external_id", "=", number)],
        *("b2c_fiscal_state", "b2c_parcel_state", "state", *fields),
    )
    return found[0] if found else None


def arrives(client, number: str) -> dict:
    """The order gets all the way to its transport label."""
    return wait_for(
        lambda: (
            (found := order(client, number))
            and found["b2c_parcel_state"] in ("label_ready", "printed")
            and found
        ),
        f"order {number} has its label",
    )


def put_into_stock(admin, product: int) -> None:
    """A count of the shelf says that there are ten."""
    shelf = admin.search_read(
        "stock.warehouse", [("code", "=", "ECOM")], "lot_stock_id"
    )[0]["lot_stock_id"][0]
    counted = {"product_id": product, "location_id": shelf, "inventory_quantity": 10}
    quant = admin.call("stock.quant", "create", [counted])
    admin.call("stock.quant", "action_apply_inventory", quant)


def test_invalid_cpf(world, client):
    bad, good = buy(world, invalid_cpf=True), buy(world)
    item = wait_for(lambda: issue(client, "cpf_invalid"), "the invalid CPF")
    assert "CPF" in item["message"]
    assert bad in (item["external_ref"] or "")
    assert order(client, bad) is None
    arrives(client, good)


def test_unknown_sku(world, client, admin):
    number = buy(world, lines=[], unknown_sku=True)
    item = wait_for(lambda: issue(client, "sku_unknown"), "the unknown SKU")
    sku = next(
        line["seller_sku"]
        for row in Books(world).market()
        if str(row["order_id"]) == number
        for line in row["lines"]
        if line["seller_sku"].startswith("DESCONHECIDO")
    )
    assert sku in item["message"]
    known = admin.search_read("product.product", [("default_code", "=", SKU)], "id")
    product = admin.call(
        "product.product", "copy", [known[0]["id"]], {"default_code": sku}
    )
    put_into_stock(admin, product[0])
    client.call("b2c.issue", "action_replay", [item["id"]])
    arrives(client, number)


def test_product_without_ncm(world, client, admin):
    product = admin.search_read(
        "product.product", [("default_code", "=", "CES-ROU-06")], "ncm_id"
    )[0]
    admin.call("product.product", "write", [product["id"]], {"ncm_id": False})
    number = buy(world, lines=[{"seller_sku": "CES-ROU-06", "quantity": 1}])
    item = wait_for(lambda: issue(client, "ncm_missing"), "the missing NCM")
    assert "NCM" in item["message"]
    assert order(client, number)["state"] == "draft"
    admin.call(
        "product.product", "write", [product["id"]], {"ncm_id": product["ncm_id"][0]}
    )
    client.call("b2c.issue", "action_replay", [item["id"]])
    arrives(client, number)


def test_expired_certificate(world, client, fiscal, admin):
    company = admin.search_read(
        "res.company", [("name", "=", COMPANY["name"])], "certificate_id"
    )[0]
    now = datetime.now(timezone.utc)
    expired = world.authority.client_pfx(
        *(COMPANY["vat"], COMPANY["name"], PASSWORD),
        not_before=now - timedelta(days=400),
        not_after=now - timedelta(days=35),
    )
    certificate = admin.call(
        "certificate.certificate",
        "create",
        [
            {
                "name": "A1 vencido",
                "content": base64.b64encode(expired).decode(),
                "pkcs12_password": PASSWORD,
                "scope": "l10n_br",
                "company_id": company["id"],
            }
        ],
    )
    admin.call(
        "res.company", "write", [company["id"]], {"certificate_id": certificate[0]}
    )
    number = buy(world)
    item = wait_for(
        lambda: issue(client, "certificate_expired"), "the expired certificate"
    )
    assert "certificado" in item["message"].lower()
    admin.call(
        "res.company",
        "write",
        [company["id"]],
        {"certificate_id": company["certificate_id"][0]},
    )
    fiscal.call("b2c.issue", "action_replay", [item["id"]])
    arrives(client, number)


def test_sefaz_down(world, client, fiscal):
    world.sefaz.stop()
    number = buy(world)
    item = wait_for(
        lambda: issue(client, "sefaz_unavailable"), "the SEFAZ does not answer"
    )
    assert "SEFAZ" in item["message"]
    world.start_sefaz()
    fiscal.call("b2c.issue", "action_replay", [item["id"]])
    arrives(client, number)
    assert wait_for(
        lambda: not issue(client, "sefaz_unavailable"), "the item closes by itself"
    )


def test_channel_token_dead(world, client):
    control = world.market_at["control"]
    post(f"{control}/kill_grant", {})
    number = buy(world)
    item = wait_for(
        lambda: issue(client, "channel_token_dead"), "the dead authorisation"
    )
    assert "Mercado Livre" in item["message"]
    world.connect()
    arrives(client, number)
