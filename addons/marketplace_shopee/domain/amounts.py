"""Money of an order: what the NF-e shows, what the buyer paid, what Shopee keeps.

``get_order_detail`` has the price of one unit, ``get_escrow_detail`` the sum of the
line, and only the latter tells vouchers and the freight that the buyer pays. The NF-e
shows (guide "Emissão de NF-e") original_price − seller_discount −
discount_from_voucher_seller + buyer_paid_shipping_fee; what Shopee itself takes off
(vouchers, coins) is paid by Shopee, so it is no discount of the note.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal

from odoo.addons.industry_b2c_sales.domain.text import plain, unpunctuated
from odoo.addons.marketplace_connector.domain.contract import (
    Fee,
    Line,
    Payment,
    PaymentState,
)

from .values import ZERO, Json, ident, moment, money, rows, sub, text
from .vocabulary import BRANDS, CANCELLED, CARD_METHODS, COMPLETED, METHODS, UNPAID

CENT = Decimal("0.01")

_FEES = (
    ("commission_fee", "commission"),
    ("service_fee", "other"),
    ("seller_transaction_fee", "financing"),
    ("seller_order_processing_fee", "fixed"),
    ("order_ams_commission_fee", "ads"),
)


def income_of(escrow: Json | None) -> Json:
    """The amounts of an order; {} while Shopee does not tell them."""
    return sub(escrow, "order_income") or {}


def lines(raw: Json, income: Json) -> tuple[Line, ...]:
    """The order's lines, priced by the escrow as soon as there is one."""
    amounts = _by_model(income)
    found: list[Line] = []
    taken: set[str] = set()
    for number, item in enumerate(rows(raw.get("item_list")), start=1):
        key = line_key(item)
        told = amounts[key].pop(0) if amounts[key] else None
        if key in taken:
            # The same offer twice, alone and in a bundle.
            key = f"{key}#{ident(item.get('line_item_id')) or number}"
        taken.add(key)
        found.append(_line(key, item, told))
    return tuple(found)


def line_key(item: Json) -> str:
    """Item and variation: the same in orders, escrow and returns."""
    return f"{ident(item['item_id'])}:{ident(item.get('model_id'))}"


def is_priced(raw: Json, income: Json) -> bool:
    """Whether the escrow tells an amount for every line."""
    wanted = sorted(line_key(item) for item in rows(raw.get("item_list")))
    told = sorted(line_key(item) for item in rows(income.get("items")))
    return bool(wanted) and wanted == told


def goods(found: tuple[Line, ...]) -> Decimal:
    """The lines without what was cancelled of them."""
    return _cents(
        sum(((line.qty - line.qty_cancelled) * line.unit_price for line in found), ZERO)
    )


def freight(raw: Json, income: Json, goods_total: Decimal) -> Decimal:
    """What the buyer pays for the delivery; estimated before the escrow is there."""
    if income:
        return money(income.get("buyer_paid_shipping_fee"))
    paid = money(raw.get("total_amount"))
    return max(ZERO, paid - goods_total) if paid else ZERO


def discounts(income: Json) -> tuple[Decimal, Decimal]:
    """(the seller's, Shopee's) over all lines."""
    items = rows(income.get("items"))
    seller = sum((_seller_part(item) for item in items), ZERO)
    names = ("shopee_discount", "discount_from_voucher_shopee", "discount_from_coin")
    channel = sum((money(i.get(name)) for i in items for name in names), ZERO)
    return seller, channel


def fees(raw: Json, income: Json) -> tuple[Fee, ...]:
    """What Shopee keeps; it moves until the order is completed."""
    final = raw.get("order_status") == COMPLETED
    return tuple(
        Fee(kind, money(income[name]), estimated=not final, code=name)
        for name, kind in _FEES
        if money(income.get(name))
    )


def payments(raw: Json, income: Json, total: Decimal) -> tuple[Payment, ...]:
    """The means of payment; together they are the order's total."""
    entries = rows(raw.get("payment_info"))
    if not entries and (raw.get("pay_time") or raw.get("payment_method")):
        entries = [{"payment_method": raw.get("payment_method")}]
    whole = money(raw.get("total_amount")) or total
    paid = [money(entry.get("payment_amount")) for entry in entries]
    if len(paid) == 1 and not paid[0]:
        paid = [whole]
    # What is missing to the total was paid by Shopee: vouchers and coins.
    amounts = [*paid]
    if amounts:
        amounts[0] += total - sum(paid, ZERO)
    back = refunded(raw, income, total)
    found = [
        _payment(raw, income, number, entry, amount, share)
        for number, (entry, amount, share) in enumerate(
            zip(entries, amounts, paid, strict=True), start=1
        )
    ]
    if found and back:
        found[0] = replace(found[0], refunded=back)
    return tuple(found)


def refunded(raw: Json, income: Json, total: Decimal) -> Decimal:
    """What went back to the buyer."""
    if raw.get("order_status") == CANCELLED:
        return total if raw.get("pay_time") else ZERO
    return min(abs(money(income.get("seller_return_refund"))), total)


def payment_state(raw: Json, income: Json, total: Decimal) -> PaymentState:
    """Shopee has no word for it: the time of payment and the refund tell."""
    back = refunded(raw, income, total)
    if raw.get("order_status") == CANCELLED:
        return PaymentState.REFUNDED if raw.get("pay_time") else PaymentState.REJECTED
    if back:
        return PaymentState.REFUNDED if back >= total else PaymentState.PART_REFUNDED
    paid = raw.get("pay_time") and raw.get("order_status") != UNPAID
    return PaymentState.PAID if paid else PaymentState.PENDING


def method(name: object) -> str:
    """Our word for a means of payment; ``other`` when it is none we know."""
    words = plain(text(name))
    return next((ours for theirs, ours in METHODS if words.startswith(theirs)), "other")


def _payment(
    raw: Json, income: Json, number: int, entry: Json, amount: Decimal, share: Decimal
) -> Payment:
    kind = method(entry.get("payment_method"))
    is_card = kind in CARD_METHODS
    reference = text(entry.get("transaction_id"))
    brand = plain(text(entry.get("card_brand")))
    plan = "".join(filter(str.isdigit, text(income.get("instalment_plan"))[:3]))
    return Payment(
        external_id=reference or f"{ident(raw['order_sn'])}:{number}",
        state=payment_state(raw, income, amount),
        method=kind,
        amount=amount,
        paid_total=share,
        installments=max(1, int(plan or 1)),
        card_brand=BRANDS.get(brand, brand) if is_card else "",
        acquirer_cnpj=_register(entry) if is_card else "",
        auth_code=reference if is_card else "",
        approved_at=moment(raw.get("pay_time")),
        state_raw=text(raw.get("order_status")),
    )


def _register(entry: Json) -> str:
    return unpunctuated(text(entry.get("payment_processor_register")))


def _by_model(income: Json) -> defaultdict[str, list[Json]]:
    found: defaultdict[str, list[Json]] = defaultdict(list)
    for item in rows(income.get("items")):
        found[line_key(item)].append(item)
    return found


def _seller_part(item: Json) -> Decimal:
    return money(item.get("seller_discount")) + money(
        item.get("discount_from_voucher_seller")
    )


def _line(key: str, item: Json, told: Json | None) -> Line:
    quantity = money(item["model_quantity_purchased"])
    list_price = money(item.get("model_original_price"))
    # 0 is Shopee's price of everything in a bundle.
    price = money(item.get("model_discounted_price")) or list_price
    reduction = ZERO
    if told:
        whole, reduction = money(told.get("original_price")), _seller_part(told)
        units = money(told.get("quantity_purchased")) or quantity
        list_price, price = whole / units, (whole - reduction) / units
    return Line(
        key=key,
        sku=text(item.get("model_sku")) or text(item.get("item_sku")),
        title=_title(item),
        qty=quantity,
        unit_price=price,
        unit_list_price=list_price,
        seller_discount=reduction,
        qty_cancelled=money(item.get("cancelled_qty")),
        item_id=ident(item["item_id"]),
        variation_id=ident(item.get("model_id")),
        location=_location(item.get("product_location_id")),
    )


def _title(item: Json) -> str:
    names = (text(item.get("item_name")), text(item.get("model_name")))
    return " - ".join(filter(None, names))


def _location(value: object) -> str:
    """Documented as a text, sent as a list."""
    first = value[0] if isinstance(value, list) and value else value
    return text(first) if isinstance(first, str) else ""


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
