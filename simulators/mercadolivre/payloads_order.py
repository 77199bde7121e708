"""Order-side answers (API page "gerenciamento de vendas" and "faturamento")."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .const import CURRENCY, SITE_ID
from .payloads_common import ml_date, money
from .records import Cancellation, Line, Order, Payment, Seller

_CENT = Decimal("0.01")


def order_payload(order: Order, seller: Seller) -> dict[str, Any]:
    """``GET /orders/{id}``."""
    payload: dict[str, Any] = {
        "id": order.id,
        "date_created": ml_date(order.date_created),
        "date_closed": None if order.is_cancelled else ml_date(order.date_closed),
        "last_updated": ml_date(order.last_updated),
        "manufacturing_ending_date": None,
        "comment": None,
        "pack_id": order.pack_id,
        "pickup_id": None,
        "order_request": {"return": None, "change": None},
        "fulfilled": None,
        "mediations": [{"id": number} for number in order.mediations],
        "total_amount": money(order.total_amount),
        "paid_amount": money(_paid_amount(order)),
        "coupon": {"id": None, "amount": 0},
        "order_items": [_line(line) for line in order.lines],
        "currency_id": CURRENCY,
        "payments": [payment_payload(order, seller)],
        "shipping": {"id": order.shipment_id},
        "status": order.status,
        "status_detail": None,
        "tags": list(order.tags),
        "feedback": {"buyer": None, "seller": None},
        "context": {"channel": "marketplace", "site": SITE_ID, "flows": []},
        "buyer": {
            "id": order.buyer_id,
            "billing_info": {"id": str(order.billing_id)},
        },
        "seller": {"id": seller.user_id},
        "taxes": {"amount": None, "currency_id": None, "id": None},
    }
    if order.cancellation:
        payload.update(_cancelled(order.cancellation))
    return payload


def _cancelled(cancellation: Cancellation) -> dict[str, Any]:
    reason = {"code": cancellation.code, "description": cancellation.description}
    detail = {
        "group": cancellation.group,
        **reason,
        "requested_by": cancellation.requested_by,
        "date": ml_date(cancellation.date),
    }
    return {"status_detail": reason, "cancel_detail": detail}


def _paid_amount(order: Order) -> Decimal:
    if order.payment.date_approved is None:
        return Decimal(0)
    return order.payment.transaction_amount + order.payment.shipping_cost


def _line(line: Line) -> dict[str, Any]:
    item = line.item
    discount = {
        "amounts": {
            "full": money(line.full_discount),
            "seller": money(line.seller_discount),
        }
    }
    return {
        "item": {
            "id": item.item_id,
            "title": item.title,
            "category_id": item.category_id,
            "variation_id": item.variation_id,
            "seller_custom_field": None,
            "variation_attributes": _variation_attributes(item.variation_id),
            "warranty": "Garantia do vendedor: 90 dias",
            "condition": "new",
            "seller_sku": item.seller_sku,
            "global_price": None,
            "net_weight": None,
        },
        "quantity": line.quantity,
        "requested_quantity": {
            "value": line.requested or line.quantity,
            "measure": "unit",
        },
        "picked_quantity": None,
        "unit_price": money(line.unit_price),
        "currency_id": CURRENCY,
        "manufacturing_days": None,
        "sale_fee": money(line.sale_fee),
        "listing_type_id": "gold_special",
        "element_id": line.element_id,
        "gross_price": money((line.unit_price + line.full_discount) * line.quantity),
        "discounts": [discount] if line.full_discount else [],
    }


def _variation_attributes(variation_id: int | None) -> list[dict[str, str]]:
    if variation_id is None:
        return []
    return [
        {"id": "COLOR", "name": "Cor", "value_id": "52055", "value_name": "Natural"}
    ]


def payment_payload(order: Order, seller: Seller) -> dict[str, Any]:
    """One entry of ``payments``; ``GET /collections/{id}`` answers the same."""
    payment = order.payment
    return {
        "id": payment.id,
        "order_id": order.id,
        "payer_id": order.buyer_id,
        "collector": {"id": seller.user_id},
        "card_id": None,
        "site_id": SITE_ID,
        "reason": order.lines[0].item.title,
        "payment_method_id": payment.method_id,
        "currency_id": CURRENCY,
        "installments": payment.installments,
        "issuer_id": None,
        "atm_transfer_reference": {"company_id": None, "transaction_id": None},
        "coupon_id": None,
        "activation_uri": None,
        "operation_type": "regular_payment",
        "payment_type": payment.type,
        "available_actions": ["refund"] if payment.status == "approved" else [],
        "status": payment.status,
        "status_code": None,
        "status_detail": payment.status_detail,
        "transaction_amount": money(payment.transaction_amount),
        "transaction_amount_refunded": money(payment.refunded),
        "taxes_amount": 0,
        "shipping_cost": money(payment.shipping_cost),
        "coupon_amount": 0,
        "overpaid_amount": 0,
        "total_paid_amount": money(payment.total_paid),
        "installment_amount": _installment_amount(payment),
        "deferred_period": None,
        "date_approved": ml_date(payment.date_approved),
        "authorization_code": payment.authorization_code,
        "transaction_order_id": None,
        "date_created": ml_date(payment.date_created),
        "date_last_modified": ml_date(payment.date_last_modified),
    }


def _installment_amount(payment: Payment) -> int | float | None:
    if payment.type != "credit_card":
        return None
    return money((payment.total_paid / payment.installments).quantize(_CENT))


def search_payload(
    orders: list[Order], seller: Seller, total: int, offset: int, limit: int, sort: str
) -> dict[str, Any]:
    """``GET /orders/search``."""
    sorts = {"date_asc": "Date ascending", "date_desc": "Date descending"}
    other = next(key for key in sorts if key != sort)
    return {
        "query": "",
        "results": [order_payload(order, seller) for order in orders],
        "sort": {"id": sort, "name": sorts[sort]},
        "available_sorts": [{"id": other, "name": sorts[other]}],
        "filters": [],
        "available_filters": [],
        "paging": {"total": total, "offset": offset, "limit": limit},
        "display": "complete",
    }


def billing_payload(order: Order, seller: Seller) -> dict[str, Any]:
    """``GET /orders/billing-info/MLB/{billing_info_id}``."""
    buyer, address = order.buyer, order.billing_address
    is_company = buyer.document_type == "CNPJ"
    number = buyer.document.lstrip("0") if order.cpf_loses_zeros else buyer.document
    info: dict[str, Any] = {
        "name": buyer.first_name,
        "last_name": None if is_company else buyer.last_name,
        "identification": {"type": buyer.document_type, "number": number},
    }
    if is_company:
        info["taxes"] = {
            "inscriptions": {"state_registration": order.state_registration},
            "taxpayer_type": {
                "description": (
                    "Contribuinte" if order.state_registration else "Não contribuinte"
                )
            },
        }
    info["address"] = {
        "street_name": address.street,
        "street_number": address.number,
        "city_name": address.city,
        "comment": address.complement,
        "neighborhood": address.neighborhood,
        "state": {"name": address.state},
        "zip_code": address.cep,
        "country_id": "BR",
    }
    info["attributes"] = {
        "is_normalized": True,
        "cust_type": "BU" if is_company else "CO",
    }
    return {
        "site_id": SITE_ID,
        "buyer": {"cust_id": order.buyer_id, "billing_info": info},
        "seller": {"cust_id": seller.user_id},
    }


def pack_payload(orders: list[Order]) -> dict[str, Any]:
    """``GET /packs/{id}``; dates without a colon in the offset."""
    created = min(order.date_created for order in orders)
    updated = max(order.last_updated for order in orders)
    cancelled = all(order.is_cancelled for order in orders)
    return {
        "id": orders[0].pack_id,
        "status": "cancelled" if cancelled else "released",
        "orders": [{"id": order.id} for order in orders],
        "shipment": {"id": orders[0].shipment_id},
        "buyer": {"id": orders[0].buyer_id},
        "family_pack_id": None,
        "date_created": _compact_offset(ml_date(created)),
        "last_updated": _compact_offset(ml_date(updated)),
    }


def _compact_offset(stamp: str | None) -> str | None:
    return stamp and stamp[:-3] + stamp[-2:]


def user_payload(seller: Seller, multi_origin: bool = False) -> dict[str, Any]:
    """``GET /users/me``: the part of the profile an integration reads."""
    return {
        "id": seller.user_id,
        "nickname": seller.nickname,
        "country_id": "BR",
        "site_id": SITE_ID,
        "user_type": "brand",
        "tags": [
            "normal",
            "business",
            *(["warehouse_management"] if multi_origin else []),
        ],
        "identification": {"type": "CNPJ", "number": seller.cnpj},
        "status": {"site_status": "active"},
    }
