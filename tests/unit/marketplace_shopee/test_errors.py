"""Every error of Shopee in its class; most come with HTTP 200."""

from __future__ import annotations

import json
from datetime import datetime, timezone

import pytest

from odoo.addons.marketplace_connector.domain.contract import (
    AuthDead,
    NotFound,
    NotYet,
    RateLimited,
    Rejected,
    TokenExpired,
    Transient,
)
from odoo.addons.marketplace_connector.domain.http import Answer
from odoo.addons.marketplace_shopee.domain.errors import invoice_error, reader

# 10:00 in Brasília, 21:00 in Singapore.
NOW = datetime(2026, 11, 20, 13, 0, tzinfo=timezone.utc)
classify = reader(lambda: NOW)


def answer(error, message="", status=200, **more):
    body = {"error": error, "message": message, "request_id": "abc", **more}
    return Answer(status, {}, json.dumps(body).encode())


@pytest.mark.parametrize(
    ("error", "message", "kind"),
    [
        ("invalid_acceess_token", "Invalid access_token.", TokenExpired),
        ("error_auth", "Invalid access_token.", TokenExpired),
        ("common.error_auth", "Invalid access_token.", TokenExpired),
        ("error_auth", "Invalid refresh_token.", AuthDead),
        ("error_shop_refresh_token", "", AuthDead),
        ("refresh_token_expired", "Your refresh_token expired", AuthDead),
        ("shop_access_expired", "Your access to shop has expired", AuthDead),
        ("shop_no_linked", "Partner and shop has no linked.", AuthDead),
        ("shop_banned", "The shop account has been banned.", AuthDead),
        ("error_server", "Something wrong. Please try later.", Transient),
        ("error_network", "Inner http call failed", Transient),
        ("order.upload_invoice_error", "failed, please try again later.", Transient),
        ("error_not_found", "the order is not found.", NotFound),
        ("logistics.order_not_exist", "not exist", NotFound),
        ("error_data", "The return you queried doesn't exist.", NotFound),
        ("logistics.lack_of_invoice_data", "", NotYet),
        ("logistics.download_later", "Processing", NotYet),
    ],
)
def test_class(error, message, kind):
    found = classify(answer(error, message))
    assert type(found) is kind


@pytest.mark.parametrize(
    ("error", "message", "who"),
    [
        ("error_partner_key_expired", "expired", "config"),
        ("source_ip_undeclared", "Request Source IP", "config"),
        ("error_sign", "Wrong sign.", "config"),
        ("error_auth", "No permission to current api.", "config"),
        ("error_param", "Timestamp is expired.", "config"),
        ("error_param", "Wrong parameters, detail: x", "bug"),
        ("order.error_limit", "Can not cancel this order", "operator"),
    ],
)
def test_who_repairs_it(error, message, who):
    found = classify(answer(error, message))
    assert isinstance(found, Rejected)
    assert found.who == who


def test_burst_and_daily_quota_wait_differently():
    burst = classify(answer("error_rate_limit"))
    daily = classify(answer("error_limit", "daily API call limit, try again after"))
    assert (type(burst), burst.scope, burst.retry_after) == (RateLimited, "burst", None)
    # Until midnight in Singapore.
    assert (daily.scope, daily.retry_after) == ("daily", 3 * 3600)


def test_status_429_counts_too():
    assert isinstance(classify(Answer(429, {"retry-after": "7"}, b"")), RateLimited)


def test_success_is_no_error():
    assert classify(answer("", warning=[{"order_sn": "1"}])) is None
    assert classify(Answer(200, {}, b"%PDF-1.4")) is None


def test_failure_of_all_lines_is_told_by_the_lines():
    rows = {"result_list": [{"order_sn": "1", "fail_error": "x"}]}
    assert classify(answer("common.batch_api_all_failed", response=rows)) is None


def test_personal_data_do_not_get_into_the_log():
    found = classify(answer("order.strange", "CPF 529.982.247-25"))
    assert "529.982.247-25" not in str(found)


@pytest.mark.parametrize(
    ("message", "code", "who"),
    [
        ("Invalid CNPJ. The access key CNPJ must be the same", "cnpj", "config"),
        ("Invalid UF. The access key UF must be", "uf", "config"),
        ("Invalid State Registration Number", "state_registration", "config"),
        ("Don't support Invoice Issuer now, please switch", "issuer", "config"),
        ("Invalid NF-e.", "invalid_nfe", "operator"),
        ("Canceled NF-e.", "cancelled_nfe", "operator"),
        ("Access Key duplicated, please do not use", "duplicate_key", "operator"),
        ("access_key must be 44 characters in length.", "key_length", "bug"),
        ("access_key is a required field.", "key_missing", "bug"),
        ("Invalid issue date. The NF-e issue date", "issue_date", "operator"),
        ("The invoice status is invalid to upload", "invoice_status", "operator"),
        ("Invalid access key.", "invalid_key", "operator"),
        ("order_sn is a required field.", "order_sn", "bug"),
        ("Invalid NF-e model. Only model 55 is accepted.", "model", "bug"),
        ("CFOP invalid, please confirm it", "cfop", "operator"),
        ("Please upload a valid Invoice XML file", "xml", "bug"),
        ("File Error", "file", "bug"),
    ],
)
def test_refusals_of_an_nfe(message, code, who):
    found = invoice_error(Rejected("error_param", message, who="bug"))
    assert (found.code, found.who) == (code, who)
