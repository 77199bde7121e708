"""Records as the API shows them."""

from __future__ import annotations

from typing import Any

from .const import GATEWAY_CNPJ, MARKETPLACE_CNPJ, SALES_CHANNEL
from .records import Delivery, Item, Note, Order, Seller, Sku, Ticket, Trace
from .routing import iso

Json = dict[str, Any]


def _money(cents: int, name: str = "total") -> Json:
    return {"currency": "BRL", "normalizer": 100, name: cents}


def order_payload(order: Order, deliveries: list[Delivery], seller: Seller) -> Json:
    """``GET /seller/v1/orders/{code}``."""
    total = sum(entry.total for entry in deliveries) + order.interest
    return {
        "id": order.id,
        "code": order.code,
        "status": order.status,
        "created_at": iso(order.purchased_at),
        "updated_at": iso(order.updated_at),
        "purchased_at": iso(order.purchased_at),
        "approved_at": iso(order.approved_at),
        "amounts": {
            **_money(total),
            "commission": {**_money(total * 15 // 100), "type": "percent"},
            "discount": _money(sum(entry.discount for entry in deliveries)),
            "freight": _money(sum(entry.freight for entry in deliveries)),
            "tax": _money(0),
        },
        "channel": channel_payload(),
        "customer": {
            "name": order.buyer.full_name,
            "document_number": order.buyer.document,
            "customer_type": "PF" if order.buyer.document_type == "CPF" else "PJ",
            "birth_date": "1990-01-01",
        },
        "payments": [_payment(order, total)],
        "deliveries": [delivery_payload(d, order, seller) for d in deliveries],
    }


def channel_payload() -> Json:
    """The sales channel of every order here."""
    return {
        "id": SALES_CHANNEL,
        "extras": {"alias": "magazineluiza"},
        "marketplace": {"document": MARKETPLACE_CNPJ},
    }


def delivery_payload(delivery: Delivery, order: Order, seller: Seller) -> Json:
    """One of ``deliveries``, and ``GET /seller/v1/deliveries/{id}``."""
    return {
        "id": delivery.id,
        "code": delivery.id[:8].upper(),
        "status": delivery.status,
        "updated_at": iso(delivery.updated_at),
        "order": {"id": order.id, "code": order.code},
        "channel": channel_payload(),
        "seller": {"id": seller.seller_id, "name": seller.name},
        "amounts": {
            **_money(delivery.total),
            "freight": _money(delivery.freight),
            "discount": _money(delivery.discount),
        },
        "invoices": [_note(note) for note in delivery.notes],
        "items": [_item(item) for item in delivery.items],
        "shipping": _shipping(delivery, order),
    }


def trace_payload(trace: Trace) -> Json:
    """``GET /v0/traces/{id}``."""
    return {
        "id": trace.id,
        "status": trace.status,
        "severity": "error" if trace.code else "info",
        "code": trace.code or trace.action,
        "message": trace.message,
        "origin": {"context": trace.action, "resource": trace.resource},
        "created_at": iso(trace.created_at),
    }


def sku_payload(sku: Sku) -> Json:
    """``GET /seller/v1/portfolios/skus/{sku}``: neither price nor stock."""
    codes = [{"type": "ean", "value": sku.ean}] if sku.ean else []
    return {
        "sku": sku.sku,
        "title": sku.title,
        "status": sku.status,
        "active": sku.status == "PUBLISHED",
        "identifiers": codes,
        "channels": [{"id": SALES_CHANNEL}],
    }


def ticket_payload(ticket: Ticket) -> Json:
    """``GET /seller/v0/tickets/{id}``."""
    return {
        "id": ticket.id,
        "code": ticket.code,
        "protocol": ticket.code,
        "type": ticket.type,
        "status": ticket.status,
        "reason": ticket.reason,
        "order": {"code": ticket.order_code, "delivery": {"id": ticket.delivery_id}},
        "channel": {"id": SALES_CHANNEL, "alias": "magazineluiza"},
        "created_at": iso(ticket.created_at),
        "updated_at": iso(ticket.updated_at),
        "due_date": iso(ticket.due_date),
    }


def _payment(order: Order, total: int) -> Json:
    is_card = order.method == "credit_card"
    return {
        **_money(total, "amount"),
        "method": order.method,
        "brand": "visa" if is_card else None,
        "installments": order.installments,
        "authorization_code": "301299" if is_card else None,
        "gateway": {"document": GATEWAY_CNPJ},
    }


def _note(note: Note) -> Json:
    return {"key": note.key, "issued_at": iso(note.issued_at), "status": note.status}


def _item(item: Item) -> Json:
    return {
        "info": {"id": f"p-{item.sku}", "sku": item.sku, "name": item.title},
        "quantity": item.quantity,
        "measure_unit": "un",
        "sequencial": item.place,
        "unit_price": _money(item.unit_price, "value"),
        "amounts": _money(item.total),
    }


def _shipping(delivery: Delivery, order: Order) -> Json:
    place = order.buyer.address
    return {
        "handling_time": {"value": 2, "limit_date": iso(delivery.ship_by)},
        "shipped_at": iso(delivery.shipped_at),
        "delivered_at": iso(delivery.delivered_at),
        "cancelled_at": iso(delivery.cancelled_at),
        "provider": {
            "id": "own" if delivery.own_freight else "magalu-entregas",
            "name": delivery.carrier,
            "extras": {
                "is_fulfillment": delivery.fulfillment,
                "is_mle": not delivery.own_freight,
                "shipping_type": "conventional",
            },
        },
        "recipient": {
            "name": order.buyer.full_name,
            "document_number": order.buyer.document,
            "address": {
                "street": place.street,
                "number": place.number,
                "complement": place.complement,
                "district": place.neighborhood,
                "city": place.city,
                "state": place.uf,
                "country": "BR",
                "zipcode": place.cep,
            },
        },
        "tracking": {"url": None, "code": delivery.protocol},
    }
