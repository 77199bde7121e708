"""How the channel was paid, as the NF-e writes it (group pag, NT 2025.001). Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from odoo.addons.nfe_batch.domain.document import Card, Payment

CENT = Decimal("0.01")

# tPag of the layout 4.00. A channel's own balance is a digital wallet (18).
METHODS = {
    "credit_card": "03",
    "debit_card": "04",
    "credit_line": "05",
    "voucher": "12",
    "boleto": "15",
    "pix": "17",
    "wallet": "18",
    "account_money": "18",
}
OTHER = "99"
CARDS = ("03", "04")
ELECTRONIC = ("03", "04", "17", "18")

# tBand.
BRANDS = {
    "visa": "01",
    "master": "02",
    "mastercard": "02",
    "amex": "03",
    "american_express": "03",
    "sorocred": "04",
    "diners": "05",
    "elo": "06",
    "hipercard": "07",
    "aura": "08",
    "cabal": "09",
}
OTHER_BRAND = "99"


def payments(
    paid: Sequence[Mapping[str, Any]], total: Decimal, other_label: str
) -> tuple[Payment, ...]:
    """The detPag groups of a note of ``total``.

    :param paid: ``{method, amount, brand, acquirer_cnpj, auth_code}`` per payment
    :param other_label: xPag of method 99 (compulsory there), in the company's language

    vPag must add up to vNF (865, 866): what is missing or too much (instalment
    interest, a coupon of the channel) goes to the largest payment.
    """
    rows = [(dict(row), _money(row.get("amount"))) for row in paid]
    rows = [(row, amount) for row, amount in rows if amount > 0]
    if not rows:
        return ()
    rows.sort(key=lambda pair: -pair[1])
    difference = total - sum((amount for _row, amount in rows), Decimal(0))
    first = rows[0][1] + difference
    if first <= 0:
        rows, first = rows[:1], total
    amounts = [first, *(amount for _row, amount in rows[1:])]
    return tuple(
        _payment(row, amount, other_label)
        for (row, _amount), amount in zip(rows, amounts, strict=True)
    )


def _money(value: Any) -> Decimal:
    return Decimal(str(value or 0)).quantize(CENT)


def _payment(row: Mapping[str, Any], amount: Decimal, other_label: str) -> Payment:
    method = METHODS.get(str(row.get("method") or ""), OTHER)
    return Payment(
        method=method,
        amount=amount,
        description=other_label if method == OTHER else "",
        card=_card(row, method) if method in ELECTRONIC else None,
    )


def _card(row: Mapping[str, Any], method: str) -> Card | None:
    """tpIntegra 1 promises the acquirer and, for cards, brand and authorisation."""
    acquirer = "".join(filter(str.isalnum, row.get("acquirer_cnpj") or ""))
    auth_code = str(row.get("auth_code") or "")
    if method not in CARDS:
        return Card(integration="1", acquirer_cnpj=acquirer) if acquirer else None
    brand = str(row.get("brand") or "").lower()
    complete = bool(acquirer and auth_code)
    return Card(
        integration="1" if complete else "2",
        acquirer_cnpj=acquirer,
        brand=BRANDS.get(brand, OTHER_BRAND) if brand else "",
        auth_code=auth_code,
    )
