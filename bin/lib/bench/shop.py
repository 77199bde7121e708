"""Consumers' orders for benches: the catalogue of the demo, five states, a seed."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from simulators.common.people import make_person
from simulators.mercadolivre.catalog import DEFAULT_CATALOG

STATES = ("SP", "RJ", "MG", "BA", "SC")
CHANNEL = "bench/1"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def orders(count: int, seed: int, prefix: str = "") -> list[Any]:
    """``IntakeOrder`` of consumers with a CPF each: mostly one unit of one article,
    every fifth with two lines, every third with freight, every seventh discounted."""
    rng = random.Random(seed)
    return [_order(rng, number, prefix) for number in range(1, count + 1)]


def _order(rng: random.Random, number: int, prefix: str) -> Any:
    # An addon can only be imported once Odoo is.
    from odoo.addons.industry_b2c_sales.domain import axes, intake

    person = make_person(rng, STATES[number % len(STATES)])
    place = person.address
    items = rng.sample(DEFAULT_CATALOG, 2 if number % 5 == 0 else 1)
    lines = tuple(
        intake.IntakeLine(
            key=str(index),
            sku=item.seller_sku,
            quantity=Decimal(1),
            unit_price=item.price,
            title=item.title,
        )
        for index, item in enumerate(items)
    )
    freight = Decimal("19.90") if number % 3 == 0 else Decimal(0)
    discount = Decimal("5.00") if number % 7 == 0 else Decimal(0)
    goods = sum((line.unit_price for line in lines), Decimal(0))
    total = goods + freight - discount
    external_id = f"{prefix}{number:08d}"

    def fact(axis: Any, state: Any) -> Any:
        uid = f"{external_id}/{axis.value}"
        return axes.Fact(axis, state, state.value, CHANNEL, NOW, uid)

    return intake.IntakeOrder(
        source=CHANNEL,
        external_id=external_id,
        ordered_at=NOW,
        consumer=intake.IntakeConsumer(
            name=person.full_name,
            vat=person.document,
            phone=person.phone,
            address=intake.IntakeAddress(
                street=place.street,
                number=place.number,
                complement=place.complement or "",
                district=place.neighborhood,
                city=place.city,
                city_ibge=place.ibge_code,
                uf=place.uf,
                zip=place.cep,
            ),
        ),
        lines=lines,
        paid_total=total,
        payments=(intake.IntakePayment("pix", total),),
        freight=freight,
        discount=discount,
        facts=(
            fact(axes.Axis.ORDER, axes.OrderState.READY),
            fact(axes.Axis.PAYMENT, axes.PaymentState.PAID),
        ),
    )
