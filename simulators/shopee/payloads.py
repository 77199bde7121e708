"""What the API tells of an order, a package, its amounts and a return.

Money is a number with a point; unit prices in the order, line sums in the escrow.
"""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from .const import BY_SHOPEE, CARRIERS, PENDING, SHOWN
from .invoice import takes_invoice
from .records import CENT, Invoice, Line, Order, Return

Json = dict[str, Any]
LOCATION = "BRZ"

DEFAULTS = frozenset(
    "order_sn region currency cod order_status message_to_seller create_time "
    "update_time days_to_ship ship_by_date booking_sn advance_package "
    "can_full_cancel_order can_partial_cancel_order "
    "buyer_preference_for_partial_cancellation".split()
)
OPTIONAL = frozenset(
    "buyer_user_id buyer_username estimated_shipping_fee recipient_address "
    "actual_shipping_fee goods_to_declare note note_update_time item_list pay_time "
    "dropshipper dropshipper_phone split_up buyer_cancel_reason cancel_by "
    "cancel_reason actual_shipping_fee_confirmed buyer_cpf_id fulfillment_flag "
    "pickup_done_time package_list shipping_carrier payment_method total_amount "
    "invoice_data order_chargeable_weight_gram return_request_due_date edt "
    "payment_info international_label".split()
)


def epoch(moment: datetime | None) -> int | None:
    """Seconds, null when there is no moment."""
    return int(moment.timestamp()) if moment else None


def number(amount: Decimal) -> float | int:
    """JSON of an amount: whole ones have no point."""
    return int(amount) if amount == amount.to_integral() else float(amount)


def order_detail(
    order: Order, fields: set[str], now: datetime, *, masked: bool, pending: bool
) -> Json:
    """``get_order_detail``: nothing that was not asked for.

    :param masked: no address is on the application's list
    :param pending: whether the caller knows the status PENDING
    """
    whole = {**_head(order), **_body(order), **_personal(order, masked)}
    whole["invoice_data"] = invoice_data(order.invoice, now)
    if order.status == PENDING:
        whole["pending_terms"] = ["SYSTEM_PENDING"]
        if not pending:
            whole["order_status"] = "UNPAID"
    wanted = DEFAULTS | fields | {"pending_terms"}
    return {key: value for key, value in whole.items() if key in wanted}


def _head(order: Order) -> Json:
    return {
        "order_sn": order.order_sn,
        "region": "BR",
        "currency": "BRL",
        "cod": False,
        "order_status": order.status,
        "message_to_seller": "",
        "create_time": epoch(order.created_at),
        "update_time": epoch(order.updated_at),
        "days_to_ship": 2,
        "ship_by_date": epoch(order.ship_by),
        "booking_sn": "",
        "advance_package": False,
        "can_full_cancel_order": order.cancellation is None,
        "can_partial_cancel_order": order.partial_cancel,
        "buyer_preference_for_partial_cancellation": 0 if order.partial_cancel else 1,
    }


def _body(order: Order) -> Json:
    paid = order.paid_at is not None
    cancelled = order.cancellation
    carrier = CARRIERS.get(order.package.channel_id, "Shopee Xpress")
    by_shopee = order.package.channel_id == BY_SHOPEE
    return {
        "buyer_user_id": order.buyer_id,
        "buyer_username": "comprador_simulado",
        "estimated_shipping_fee": number(order.freight),
        "actual_shipping_fee": 0,
        "actual_shipping_fee_confirmed": False,
        "goods_to_declare": False,
        "note": "",
        "note_update_time": 0,
        "item_list": [_item(line) for line in order.lines],
        "pay_time": epoch(order.paid_at),
        "split_up": False,
        "buyer_cancel_reason": order.cancel_request,
        "cancel_by": cancelled.by if cancelled else "",
        "cancel_reason": cancelled.reason if cancelled else "",
        "fulfillment_flag": "fulfilled_by_shopee"
        if by_shopee
        else "fulfilled_by_local_seller",
        "pickup_done_time": epoch(order.package.shipped_at) or 0,
        "package_list": [_package(order)],
        "shipping_carrier": carrier,
        "payment_method": order.payment,
        "total_amount": number(order.total_amount) if paid else None,
        "payment_info": [_payment(order)] if paid else [],
    }


def _payment(order: Order) -> Json:
    return {
        "payment_method": order.payment,
        "payment_processor_register": "38.372.267/0001-82",
        "card_brand": order.card_brand,
        "transaction_id": order.transaction_id,
        "payment_amount": number(order.total_amount),
    }


def _item(line: Line) -> Json:
    return {
        "item_id": line.item_id,
        "item_name": line.title,
        "item_sku": "" if line.model_id else line.sku,
        "model_id": line.model_id,
        "model_name": line.model_name,
        "model_sku": line.sku if line.model_id else "",
        "model_quantity_purchased": line.quantity,
        "model_original_price": number(line.original_price),
        "model_discounted_price": number(line.price),
        "active_qty": line.quantity - line.cancelled,
        "cancel_requested_qty": 0,
        "cancelled_qty": line.cancelled,
        "return_requested_qty": 0,
        "returned_qty": 0,
        "wholesale": False,
        "weight": 1.5,
        "add_on_deal": False,
        "main_item": False,
        "add_on_deal_id": 0,
        "promotion_type": "",
        "promotion_id": 0,
        "order_item_id": line.item_id,
        "promotion_group_id": 0,
        "product_location_id": [LOCATION],
        "is_prescription_item": False,
    }


def _package(order: Order) -> Json:
    package = order.package
    return {
        "package_number": package.number,
        "group_shipment_id": None,
        "logistics_status": package.status,
        "logistics_channel_id": package.channel_id,
        "shipping_carrier": CARRIERS.get(package.channel_id, "Shopee Xpress"),
        "parcel_chargeable_weight_gram": 1500,
        "allow_self_design_awb": False,
        "item_list": [_packed(line) for line in order.lines],
    }


def _packed(line: Line) -> Json:
    return {
        "item_id": line.item_id,
        "model_id": line.model_id,
        "model_quantity": line.quantity - line.cancelled,
        "order_item_id": line.item_id,
        "promotion_group_id": 0,
        "product_location_id": LOCATION,
    }


def _personal(order: Order, masked: bool) -> Json:
    """Name, address and CPF; stars instead, without any error."""
    person, place = order.buyer, order.buyer.address
    hidden = masked or order.status not in SHOWN
    parts = [place.street, place.number, place.complement, place.neighborhood]
    line = ", ".join(filter(None, [*parts, place.city, place.state, place.cep]))
    address = {
        "name": person.full_name,
        "phone": "******00",
        "town": "",
        "district": place.neighborhood,
        "city": place.city,
        "state": place.state,
        "region": "BR",
        "zipcode": place.cep,
        "full_address": line,
    }
    if hidden:
        first = person.full_name
        stars = {"city": "****", "state": "****", "zipcode": "****", "district": "****"}
        name = f"{first[:1]}******{first[-1:]}"
        address |= {**stars, "name": name, "full_address": "******"}
    cpf = "***********" if hidden else person.document
    return {"recipient_address": address, "buyer_cpf_id": cpf}


def invoice_data(invoice: Invoice | None, now: datetime) -> Json:
    """Full of empty texts and "pending" when the order holds none."""
    if invoice is None:
        return {
            "number": "",
            "series_number": "",
            "access_key": "",
            "issue_date": 0,
            "total_value": 0,
            "products_total_value": 0,
            "tax_code": "",
            "status": "pending",
        }
    return {
        "number": invoice.number,
        "series_number": invoice.series,
        "access_key": invoice.key,
        "issue_date": epoch(invoice.issued_at),
        "total_value": number(invoice.total),
        "products_total_value": number(invoice.products),
        "tax_code": invoice.cfop,
        "status": "valid" if now >= invoice.valid_at else "pending",
    }


def package_detail(order: Order) -> Json:
    """``get_package_detail``."""
    package = order.package
    return {
        "order_sn": order.order_sn,
        "package_number": package.number,
        "fulfillment_status": package.status,
        "update_time": epoch(order.updated_at),
        "logistics_channel_id": package.channel_id,
        "shipping_carrier": CARRIERS.get(package.channel_id, "Shopee Xpress"),
        "allow_self_design_awb": False,
        "days_to_ship": 2,
        "ship_by_date": epoch(order.ship_by),
        "pending_terms": [],
        "tracking_number": package.tracking,
        "pickup_done_time": epoch(package.shipped_at) or 0,
        "is_split_up": False,
        "item_list": [_packed(line) for line in order.lines],
        "is_shipment_arranged": package.arranged,
        "needs_invoice": takes_invoice(order),
    }


def escrow_detail(order: Order) -> Json:
    """``get_escrow_detail``: sums of lines, and who pays which discount."""
    items = [
        _escrow_item(line, seller, shopee)
        for line, seller, shopee in zip(
            order.lines,
            _shares(order, order.seller_voucher),
            _shares(order, order.shopee_voucher),
            strict=True,
        )
    ]
    commission = (order.goods * Decimal("0.14")).quantize(CENT, ROUND_HALF_UP)
    income = {
        "escrow_amount": number(order.goods - commission - 4),
        "buyer_total_amount": number(order.total_amount),
        "buyer_paid_shipping_fee": number(order.freight),
        "commission_fee": number(commission),
        "service_fee": 4,
        "seller_transaction_fee": 0,
        "instalment_plan": "3x" if "Card" in order.payment else "N/A",
        "seller_return_refund": number(-order.refund),
        "voucher_from_seller": number(order.seller_voucher),
        "voucher_from_shopee": number(order.shopee_voucher),
        "items": items,
    }
    return {
        "order_sn": order.order_sn,
        "buyer_user_name": "comprador_simulado",
        "return_order_sn_list": [],
        "order_income": income,
    }


def _escrow_item(line: Line, seller: Decimal, shopee: Decimal) -> Json:
    left = line.quantity - line.cancelled
    return {
        "item_id": line.item_id,
        "item_name": line.title,
        "item_sku": "" if line.model_id else line.sku,
        "model_id": line.model_id,
        "model_name": line.model_name,
        "model_sku": line.sku if line.model_id else "",
        "original_price": number(line.original_price * left),
        "selling_price": number(line.price * left),
        "discounted_price": number(line.price * left),
        "seller_discount": number(line.seller_discount * left),
        "shopee_discount": number(line.shopee_discount * left),
        "discount_from_coin": 0,
        "discount_from_voucher_seller": number(seller),
        "discount_from_voucher_shopee": number(shopee),
        "quantity_purchased": left,
        "activity_type": "",
        "is_main_item": False,
    }


def _shares(order: Order, voucher: Decimal) -> list[Decimal]:
    """A voucher over the lines, by their value, to the cent."""
    values = [line.price * (line.quantity - line.cancelled) for line in order.lines]
    whole, left, shares = sum(values, Decimal(0)), voucher, []
    for place, value in enumerate(values, start=1):
        share = voucher * value / whole if whole else Decimal(0)
        share = left if place == len(values) else share.quantize(CENT, ROUND_HALF_UP)
        shares.append(share)
        left -= share
    return shares


def return_detail(entry: Return) -> Json:
    """``get_return_detail``, and each row of the list."""
    return {
        "return_sn": entry.return_sn,
        "order_sn": entry.order_sn,
        "status": entry.status,
        "reason": entry.reason,
        "text_reason": "",
        "refund_amount": number(entry.amount),
        "currency": "BRL",
        "create_time": epoch(entry.created_at),
        "update_time": epoch(entry.updated_at),
        "due_date": epoch(entry.due_at),
        "return_seller_due_date": epoch(entry.due_at),
        "needs_logistics": entry.needs_logistics,
        "tracking_number": entry.tracking,
        "reverse_logistic_status": entry.reverse_status,
        "item": [
            {
                "item_id": line.item_id,
                "model_id": line.model_id,
                "name": line.title,
                "amount": line.quantity,
                "item_price": number(line.price),
            }
            for line in entry.lines
        ],
    }
