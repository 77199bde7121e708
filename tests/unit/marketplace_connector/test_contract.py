"""What the connector relies on in the contract."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from datetime import datetime, timezone

import pytest

from odoo.addons.industry_b2c_sales.domain import axes
from odoo.addons.marketplace_connector.domain import contract


def test_one_vocabulary_with_the_living_order():
    for name in ("OrderState", "PaymentState", "ParcelState", "ReturnState"):
        assert getattr(contract, name) is getattr(axes, name)


def test_every_invoice_state_is_a_fiscal_state():
    values = {state.value for state in axes.FiscalState}
    assert {state.value for state in contract.InvoiceState} <= values


@pytest.mark.parametrize(
    ("error", "retryable"),
    [
        (contract.Transient(), True),
        (contract.RateLimited(), True),
        (contract.OutcomeUnknown(), True),
        (contract.NotYet(), True),
        (contract.TokenExpired(), False),
        (contract.AuthDead(), False),
        (contract.NotFound(), False),
        (contract.Conflict(), False),
        (contract.AlreadyDone(), False),
        (contract.Rejected("code"), False),
        (contract.ContractDrift(), False),
    ],
)
def test_what_a_job_may_repeat(error, retryable):
    assert error.retryable is retryable


def test_adapters_own_error_is_told_as_one_of_the_contract():
    """People read these names in words; nobody has words for an adapter's own."""

    class NotPrintable(contract.Rejected):
        pass

    assert NotPrintable("status").name == "Rejected"
    assert contract.RateLimited().name == "RateLimited"


def test_secrets_and_people_are_not_in_a_repr():
    now = datetime(2026, 11, 20, tzinfo=timezone.utc)
    token = contract.TokenSet("access-secret", now, refresh="refresh-secret")
    party = contract.Party(doc="52998224725", phone="11999998888")
    assert "secret" not in repr(token)
    assert "52998224725" not in repr(party)
    assert "99999" not in repr(party)


def test_records_are_frozen():
    with pytest.raises(FrozenInstanceError):
        contract.Address().city = "Curitiba"
