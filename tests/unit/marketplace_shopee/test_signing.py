"""Signatures: the documented base strings, byte for byte."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from odoo.addons.marketplace_connector.domain.contract import Rejected
from odoo.addons.marketplace_connector.domain.http import Call
from odoo.addons.marketplace_shopee.domain.signing import Partner, push_signature

KEY = "test_partner_key_0123456789abcdef"
AT = datetime.fromtimestamp(1655714431, timezone.utc)


def partner(**changes):
    values = {"partner_id": "2001887", "key": KEY, "shop_id": "14701711"}
    return Partner(**{**values, **changes}, now=lambda: AT)


def test_shop_call():
    call = partner().shop_call(
        Call("GET", "/api/v2/shop/get_shop_info", params={"page": "1"}),
        "59777174636562737266615546704c6d",
    )
    assert call.params["sign"] == (
        "fae2453506d0e74461bff5acf9985e736a81491c37c1c77537598bc991c034fc"
    )
    assert call.params["timestamp"] == "1655714431"
    assert call.params["page"] == "1"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "/api/v2/auth/token/get",
            "0c212acc232b9af44093a3f982a47b546c9edf3d005ebf999580c3e5978e0336",
        ),
        (
            "/api/v2/auth/access_token/get",
            "cd438687e4f2b82442d63ff6755775d7eef146415f46ee0aa46cf4810a52dffd",
        ),
        (
            "/api/v2/public/get_shops_by_partner",
            "8d0b8105220f3a6129ce1147cf82f1a00c6fe57966b2f04e7426734fb219e01a",
        ),
    ],
)
def test_public_call_names_no_shop(path, expected):
    call = partner().public_call(Call("POST", path))
    assert call.params["sign"] == expected
    assert "access_token" not in call.params
    assert "shop_id" not in call.params


def test_push():
    url = "https://erp.example.com/marketplace/shopee/1/hook"
    body = (
        b'{"data":{"items":[],"ordersn":"220810QSK8S7BX","status":"PROCESSED",'
        b'"completed_scenario":"","update_time":1660123127},"shop_id":727720655,'
        b'"code":3,"timestamp":1660123127}'
    )
    expected = "bdf0a43acee9208965375889fc2538adfd01f3b26f4fadb085c42f1c55c28dd5"
    assert push_signature(KEY, url, body) == expected
    assert push_signature(KEY, f"{url}/", body) != expected


def test_key_is_not_printed():
    assert KEY not in repr(partner())


@pytest.mark.parametrize("minutes", [-6, 6])
def test_wrong_clock_is_a_matter_of_the_server(build, sim, clock, minutes):
    order_id = sim.place()["order_id"]
    late = build(now=lambda: clock.now() + timedelta(minutes=minutes))
    (result,) = late.orders([order_id])
    assert isinstance(result[1], Rejected)
    assert (result[1].code, result[1].who) == ("timestamp_expired", "config")


def test_wrong_key_is_a_matter_of_the_account(build, sim):
    (result,) = build(client_secret="another").orders([sim.place()["order_id"]])
    assert (result[1].code, result[1].who) == ("error_sign", "config")


def test_address_that_is_not_declared(build, sim):
    adapter, order_id = build(), sim.place()["order_id"]
    sim.engine.configure("ip_refused", True)
    (result,) = adapter.orders([order_id])
    assert (result[1].code, result[1].who) == ("source_ip_undeclared", "config")


def test_errors_print_neither_token_nor_address(build, sim, tokens):
    """Shopee's tokens travel in the address of the call."""
    import traceback

    adapter, order_id = build(), sim.place()["order_id"]
    sim.fault("reset_before", "/api/v2/order/get_order_detail")
    (result,) = adapter.orders([order_id])
    printed = "".join(traceback.format_exception(result[1]))
    assert tokens.token.access not in printed
    assert "sign=" not in printed
