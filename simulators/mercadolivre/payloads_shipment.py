"""Shipment-side answers (API pages "gerenciamento de envios", "nota fiscal")."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from simulators.common.people import MUNICIPALITIES, Address

from .const import CURRENCY, MASK, SITE_ID
from .payloads_common import brt_date, ml_date, money, sla_date
from .records import Invoice, Order, Seller, Shipment

_NO_AGENCY = {
    "carrier_id": None,
    "phone": None,
    "agency_id": None,
    "description": None,
    "type": None,
    "open_hours": None,
}
_NO_SIBLING = {
    "reason": None,
    "sibling_id": None,
    "description": None,
    "source": None,
    "date_created": None,
    "last_updated": None,
}
_SOURCE = {
    "site_id": SITE_ID,
    "market_place": "MELI",
    "customer_id": None,
    "application_id": None,
}
_METHOD = {
    "name": "Normal",
    "deliver_to": "address",
    "id": 100009,
    "type": "standard",
}
_GEO_DATE = "2026-01-01T00:00:00.000Z"
_FOREIGN_SELLER = 2_999_000_111
_STATES = {place.uf: place.state for place in MUNICIPALITIES}


def shipment_payload(
    shipment: Shipment, orders: list[Order], seller: Seller
) -> dict[str, Any]:
    """``GET /shipments/{id}`` with ``x-format-new: true``."""
    pack_hash = hashlib.sha256(str(shipment.id).encode()).hexdigest()
    living = [order for order in orders if not order.is_cancelled] or orders
    declared = sum((order.total_amount for order in living), Decimal(0))
    return {
        "snapshot_packing": {
            "snapshot_id": pack_hash[:24],
            "pack_hash": pack_hash[24:56],
        },
        "last_updated": ml_date(shipment.last_updated),
        "items_types": ["new"],
        "substatus": shipment.substatus,
        "date_created": ml_date(shipment.date_created),
        "origin": _origin(seller),
        "destination": _destination(shipment),
        "source": dict(_SOURCE),
        "tags": [],
        "declared_value": money(declared),
        "logistic": {
            "mode": "me2",
            "type": shipment.logistic_type,
            "direction": "forward",
        },
        "sibling": {
            **_NO_SIBLING,
            "sibling_id": shipment.sibling_id,
            "reason": shipment.sibling_reason,
        },
        "priority_class": {"id": "20"},
        "lead_time": _lead_time(shipment),
        "tracking_number": shipment.tracking_number,
        "id": shipment.id,
        "tracking_method": "Normal",
        "quotation": None,
        "status": shipment.status,
        "dimensions": _dimensions(living),
    }


def _dimensions(orders: list[Order]) -> dict[str, int]:
    lines = [line for order in orders for line in order.lines]
    return {
        "height": sum(line.item.height * line.quantity for line in lines),
        "width": max(line.item.width for line in lines),
        "length": max(line.item.length for line in lines),
        "weight": sum(line.item.weight * line.quantity for line in lines),
    }


def _origin(seller: Seller) -> dict[str, Any]:
    uf = seller.uf or "SP"
    address = {
        "country": {"id": "BR", "name": "Brasil"},
        "address_line": MASK,
        "types": ["billing", "default_selling_address", "shipping"],
        "scoring": 0,
        "agency": dict(_NO_AGENCY),
        "city": {"id": f"BR-{uf}-44", "name": MASK},
        "geolocation_type": "ROOFTOP",
        "latitude": 0,
        "address_id": 1_300_000_000 + seller.user_id % 1_000_000,
        "municipality": {"id": None, "name": None},
        "location_id": 0,
        "street_name": MASK,
        "zip_code": MASK,
        "geolocation_source": "seller",
        "node": {"node_id": None},
        "intersection": None,
        "street_number": MASK,
        "comment": MASK,
        "state": {"id": f"BR-{uf}", "name": _STATES.get(uf, uf)},
        "neighborhood": {"id": None, "name": "Centro"},
        "geolocation_last_updated": _GEO_DATE,
        "longitude": 0,
    }
    return {
        "node": None,
        "shipping_address": address,
        "type": "selling_address",
        "sender_id": seller.user_id,
        "snapshot": {"id": "seller", "version": 0},
    }


def _destination(shipment: Shipment) -> dict[str, Any]:
    """The receiver; masked until the payment is confirmed."""
    masked = shipment.status == "pending"
    return {
        "comments": None,
        "receiver_id": shipment.receiver_id,
        "receiver_name": None if masked else shipment.receiver.full_name,
        "shipping_address": _address(shipment, masked),
        "type": "buying_address",
        "receiver_phone": None,
        "snapshot": {"id": "buyer", "version": 0},
    }


def _address(shipment: Shipment, masked: bool) -> dict[str, Any]:
    address = shipment.receiver.address
    return {
        "country": {"id": "BR", "name": "Brasil"},
        "address_line": MASK if masked else f"{address.street} {address.number}",
        "types": ["shipping"],
        "scoring": 0,
        "agency": dict(_NO_AGENCY),
        "city": {"id": f"BR-{address.uf}-01", "name": address.city},
        "geolocation_type": "ROOFTOP",
        "latitude": 0,
        "address_id": 1_400_000_000 + shipment.id % 100_000_000,
        "municipality": {"id": None, "name": None},
        "location_id": 0,
        "street_name": MASK if masked else address.street,
        "zip_code": MASK if masked else address.cep,
        "geolocation_source": "buyer",
        "delivery_preference": "residential",
        "node": None,
        "intersection": None,
        "street_number": MASK if masked else address.number,
        "comment": MASK if masked else _comment(address),
        "state": {"id": f"BR-{address.uf}", "name": address.state},
        "neighborhood": {"id": None, "name": address.neighborhood},
        "geolocation_last_updated": _GEO_DATE,
        "longitude": 0,
    }


def _comment(address: Address) -> str | None:
    """ML mixes complement and reference into one text."""
    if address.complement is None:
        return None
    return f"Complemento: {address.complement} Referencia: portão simulado"


def _lead_time(shipment: Shipment) -> dict[str, Any]:
    base = shipment.expected_date

    def promise(days: int) -> str | None:
        return brt_date(
            (base + timedelta(days=days)).replace(hour=0, minute=0, second=0)
        )

    return {
        "processing_time": None,
        "cost": money(shipment.buyer_cost),
        "estimated_schedule_limit": {"date": None},
        "cost_type": "charged" if shipment.buyer_cost else "free",
        "estimated_delivery_final": {"date": promise(20)},
        "buffering": {"date": brt_date(shipment.buffered_until)},
        "pickup_promise": {"from": None, "to": None},
        "list_cost": money(shipment.gross_cost),
        "estimated_delivery_limit": {"date": promise(10)},
        "priority_class": {"id": "20"},
        "delivery_promise": "estimated",
        "shipping_method": dict(_METHOD),
        "delivery_type": "estimated",
        "service_id": 22,
        "estimated_delivery_time": {
            "date": promise(4),
            "pay_before": brt_date(shipment.date_created + timedelta(hours=6)),
            "schedule": None,
            "unit": "hour",
            "offset": {"date": promise(6), "shipping": 48},
            "shipping": 96,
            "time_frame": {"from": None, "to": None},
            "handling": 24,
            "type": "known_frame",
        },
        "option_id": 0,
        "estimated_delivery_extended": {"date": promise(14)},
        "currency_id": CURRENCY,
    }


def hosted_payload(shipment: Shipment) -> list[dict[str, Any]]:
    """``GET /orders/{id}/shipments`` with ``X-New-Domain: true``."""
    return [{"id": shipment.id, "type": "forward"}]


def shipment_orders_payload(
    shipment: Shipment, orders: list[Order], seller: Seller
) -> list[dict[str, Any]]:
    """``GET /shipments/{id}/orders``: ids as text, rows of other sellers too."""
    rows: list[dict[str, Any]] = [
        {
            "order_id": str(order.id),
            "pack_id": str(order.pack_id or order.id),
            "item_id": line.item.item_id,
            "variation_id": line.item.variation_id,
            "user_product_id": None,
            "seller_id": seller.user_id,
            "requested_quantity": line.quantity,
        }
        for order in orders
        for line in order.lines
    ]
    if shipment.foreign_rows:
        foreign: dict[str, Any] = {
            "order_id": str(orders[0].id + 10**12),
            "item_id": "MLB9990001112",
            "seller_id": _FOREIGN_SELLER,
        }
        rows.append({**rows[0], **foreign})
    return rows


def items_payload(orders: list[Order], seller: Seller) -> list[dict[str, Any]]:
    """``GET /shipments/{id}/items``."""
    return [
        {
            "item_id": line.item.item_id,
            "description": line.item.title,
            "quantity": line.quantity,
            "variation_id": line.item.variation_id,
            "dimensions": {
                "height": line.item.height,
                "width": line.item.width,
                "length": line.item.length,
                "weight": line.item.weight,
            },
            "order_id": order.id,
            "sender_id": seller.user_id,
        }
        for order in orders
        for line in order.lines
    ]


def sla_payload(shipment: Shipment, now: datetime) -> dict[str, Any]:
    """``GET /shipments/{id}/sla``: the dispatch deadline."""
    reference = shipment.shipped_at or now
    late = reference > shipment.expected_date
    return {
        "status": "delayed" if late else "on_time",
        "service": shipment.logistic_type,
        "expected_date": sla_date(shipment.expected_date),
        "last_updated": sla_date(shipment.last_updated),
    }


def costs_payload(shipment: Shipment, seller: Seller) -> dict[str, Any]:
    """``GET /shipments/{id}/costs``: the seller's part is in ``senders``."""
    saved = shipment.gross_cost - shipment.buyer_cost
    return {
        "gross_amount": money(shipment.gross_cost),
        "receiver": {
            "user_id": shipment.receiver_id,
            "cost": money(shipment.buyer_cost),
            "compensation": 0,
            "save": 0,
            "discounts": [
                {"rate": 1, "type": "loyal", "promoted_amount": money(saved)}
            ],
        },
        "senders": [
            {
                "user_id": seller.user_id,
                "cost": money(shipment.seller_cost),
                "compensation": 0,
                "save": 0,
                "discounts": [
                    {"rate": 0.6, "type": "mandatory", "promoted_amount": money(saved)}
                ],
            }
        ],
    }


def shipment_payments_payload(
    orders: list[Order],
) -> list[dict[str, Any]]:
    """``GET /shipments/{id}/payments``: freight only, a bare array."""
    return [
        {
            "payment_id": order.payment.id,
            "user_id": order.buyer_id,
            "amount": money(order.payment.shipping_cost),
            "status": order.payment.status,
        }
        for order in orders
        if order.payment.shipping_cost
    ]


def invoice_payload(
    invoice: Invoice, orders: list[Order], seller: Seller
) -> dict[str, Any]:
    """``GET /shipments/{id}/invoice_data/``."""
    return {
        "id": invoice.id,
        "sender_id": seller.user_id,
        "shipment_id": invoice.shipment_id,
        "fiscal_key": invoice.fiscal_key,
        "weight": float(_dimensions(orders)["weight"]),
        "item_title": orders[0].lines[0].item.title,
        "invoice_serie": invoice.series,
        "invoice_number": invoice.number,
        "invoice_amount": float(invoice.amount),
        "status": "approved",
        "invoice_date": brt_date(invoice.issued_at),
        "date_created": ml_date(invoice.created_at),
        "last_updated": ml_date(invoice.created_at),
    }
