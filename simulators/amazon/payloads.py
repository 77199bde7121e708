"""Records as the API shows them. A data set that was not asked for is missing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from .const import (
    ACQUIRER,
    MARKETPLACE_CNPJ_ROOT,
    MARKETPLACE_ID,
    MARKETPLACE_NAME,
    REJECTABLE,
)
from .records import Invoice, Item, Listing, Order, Package, Return, Seller, Shipment

Json = dict[str, Any]
_PENDING = "PENDING"


def order(
    record: Order, seller: Seller, invoice: Invoice | None, data: Collection[str]
) -> Json:
    """An ``Order`` of Orders 2026-01-01; ``data``: the ``includedData``."""
    parts = {
        "BUYER": ("buyer", _buyer(record)),
        "RECIPIENT": ("recipient", _recipient(record)),
        "PROCEEDS": ("proceeds", _proceeds(record)),
        "FULFILLMENT": ("fulfillment", _fulfillment(record)),
        "PACKAGES": ("packages", [_package(one, record) for one in record.packages]),
        "TAX": ("tax", _tax(record, seller, invoice)),
        "PAYMENT": ("payment", _payment(record)),
        "FULFILLMENT_ORDERS": ("fulfillmentOrders", _fulfillment_orders(record)),
    }
    shown = {name: value for kind, (name, value) in parts.items() if kind in data}
    return {
        "orderId": record.id,
        "createdTime": iso(record.created),
        "lastUpdatedTime": iso(record.updated),
        "programs": _programs(record),
        "salesChannel": {
            "channelName": "AMAZON",
            "marketplaceId": MARKETPLACE_ID,
            "marketplaceName": MARKETPLACE_NAME,
        },
        **{name: value for name, value in shown.items() if value},
        "orderItems": [_item(item, record, data) for item in record.items],
    }


def shipment(record: Shipment, sale: Order) -> Json:
    """A ``Shipment`` of External Fulfillment 2024-09-11."""
    lines = [(str(n), item) for n, item in enumerate(sale.items, start=1)]
    payload = {
        "id": record.id,
        "locationId": "SIMU",
        "marketplaceAttributes": {
            "marketplaceId": MARKETPLACE_ID,
            "channelName": "FBA",
        },
        "shipmentInfo": {
            "shipmentType": "NEW",
            "numberOfUnits": sum(item.quantity for item in sale.items),
            "priority": "LOW",
            "buyerOrderId": sale.id,
            "orderStatesEligibleForRejection": list(REJECTABLE),
        },
        "status": record.status,
        "lineItems": [
            {
                "shipmentLineItemId": number,
                "merchantSku": item.sku,
                "numberOfUnits": item.quantity,
            }
            for number, item in lines
        ],
        "shippingInfo": {
            "expectedShippingDateTimeInUTC": iso(sale.created + timedelta(days=1)),
            "shippingType": "MARKETPLACE",
            "recommendedPackages": [_recommended([number for number, _ in lines])],
        },
        "creationDateTime": iso(record.created),
        "lastUpdatedDateTime": iso(record.updated),
    }
    if record.packages:
        payload["packages"] = record.packages
    return payload


def listing(record: Listing) -> Json:
    """An ``Item`` of Listings Items 2021-08-01."""
    return {
        "sku": record.sku,
        "summaries": [
            {
                "marketplaceId": MARKETPLACE_ID,
                "asin": record.asin,
                "productType": "CHAIR",
                "itemName": record.title,
                "status": record.status,
            }
        ],
        "offers": [
            {
                "marketplaceId": MARKETPLACE_ID,
                "offerType": "B2C",
                "price": {"currencyCode": "BRL", "amount": str(record.price)},
            }
        ],
        "fulfillmentAvailability": [
            {"fulfillmentChannelCode": "DEFAULT", "quantity": record.quantity}
        ],
    }


def returned(record: Return, sale: Order) -> Json:
    """A ``Return`` of External Fulfillment 2024-09-11."""
    return {
        "id": record.id,
        "merchantSku": record.sku,
        "numberOfUnits": record.quantity,
        "returnType": "CUSTOMER",
        "status": record.status,
        "fulfillmentLocationId": "SIMU",
        "creationDateTime": iso(record.created),
        "lastUpdatedDateTime": iso(record.updated),
        "returnMetadata": {"returnReason": record.reason, "rmaId": f"RMA{record.id}"},
        "returnShippingInfo": {
            "reverseTrackingInfo": {
                "carrierName": "Amazon Logistics",
                "trackingId": f"RV{record.id}",
            }
        },
        "marketplaceChannelDetails": {
            "customerOrderId": record.order_id,
            "shipmentId": sale.shipment_id,
        },
    }


def iso(moment: datetime) -> str:
    """``2026-11-20T18:30:00Z``."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _money(amount: Decimal) -> Json:
    return {"amount": f"{amount:.2f}", "currencyCode": "BRL"}


def _programs(record: Order) -> list[str]:
    programs = ["AMAZON_BUSINESS"] if record.b2b else []
    return programs + ["DELIVERY_BY_AMAZON"] * (record.program == "EasyShip")


def _buyer(record: Order) -> Json:
    if record.status == _PENDING:
        return {}
    named = {
        "buyerName": record.buyer.full_name,
        "buyerEmail": "comprador-simulado@marketplace.amazon.com.br",
    }
    if record.b2b:
        named["buyerCompanyName"] = record.buyer.full_name
    return named


def _recipient(record: Order) -> Json:
    if record.status == _PENDING:
        return {}
    place = record.buyer.address
    return {
        "deliveryAddress": {
            "name": record.buyer.full_name,
            "addressLine1": f"{place.street}, {place.number}",
            "addressLine2": place.complement or "",
            "city": place.city,
            "stateOrRegion": place.uf,
            "postalCode": f"{place.cep[:5]}-{place.cep[5:]}",
            "countryCode": "BR",
            "phone": f"+55 {record.buyer.phone[:2]} {record.buyer.phone[2:]}",
            "extendedFields": {
                "streetName": place.street,
                "streetNumber": place.number,
                "complement": place.complement or "",
                "neighborhood": place.neighborhood,
            },
            "addressType": "RESIDENTIAL",
        }
    }


def _proceeds(record: Order) -> Json:
    if record.status == _PENDING:
        return {}
    return {"grandTotal": _money(record.total)}


def _item(item: Item, record: Order, data: Collection[str]) -> Json:
    payload: Json = {
        "orderItemId": item.id,
        "quantityOrdered": item.quantity,
        "product": {
            "asin": item.asin,
            "title": item.title,
            "sellerSku": item.sku,
            "price": {"unitPrice": _money(item.unit_price)},
        },
    }
    if "PROCEEDS" in data and record.status != _PENDING:
        payload["proceeds"] = _item_proceeds(item)
    if "CANCELLATION" in data and (item.asked_cancel or item.cancelled_by):
        payload["cancellation"] = _cancellation(item)
    if "FULFILLMENT" in data:
        left = 0 if item.cancelled_by else item.quantity - item.fulfilled
        payload["fulfillment"] = {
            "quantityFulfilled": item.fulfilled,
            "quantityUnfulfilled": left,
        }
    return payload


def _item_proceeds(item: Item) -> Json:
    rows = [{"type": "ITEM", "subtotal": _money(item.goods)}]
    if item.freight:
        rows.append({"type": "SHIPPING", "subtotal": _money(item.freight)})
    if item.discount:
        detail = {"subtype": "ITEM", "value": _money(item.discount)}
        rows.append(
            {
                "type": "DISCOUNT",
                "subtotal": _money(item.discount),
                "detailedBreakdowns": [detail],
            }
        )
    return {"proceedsTotal": _money(item.proceeds), "breakdowns": rows}


def _cancellation(item: Item) -> Json:
    found: Json = {}
    if item.asked_cancel:
        reason = item.asked_cancel
        found["cancellationRequest"] = {"requester": "BUYER", "cancelReason": reason}
    if item.cancelled_by:
        by = item.cancelled_by
        reason = "Buyer cancelled" if by == "BUYER" else "Out of stock"
        found["cancellationExecution"] = {"cancelledBy": by, "cancelReason": reason}
    return found


def _fulfillment(record: Order) -> Json:
    payload: Json = {
        "fulfillmentStatus": record.status,
        "fulfilledBy": record.fulfilled_by,
        "fulfillmentServiceLevel": "STANDARD",
        "shipByWindow": _window(record.created, 0, 2),
        "deliverByWindow": _window(record.created, 3, 8),
    }
    if record.label_opens:
        payload["labelPrintingWindow"] = {"earliestDateTime": iso(record.label_opens)}
    return payload


def _window(start: datetime, first: int, last: int) -> Json:
    return {
        "earliestDateTime": iso(start + timedelta(days=first)),
        "latestDateTime": iso(start + timedelta(days=last)),
    }


def _tax(record: Order, seller: Seller, invoice: Invoice | None) -> Json:
    if record.no_tax or record.status == _PENDING:
        return {}
    number = record.buyer.document
    return {
        "taxRegistrations": [
            {
                "entityType": "BUYER",
                "legalName": record.buyer.full_name,
                "taxRegistrationType": record.tax_type or record.buyer.document_type,
                "taxRegistrationNumber": number,
            },
            {
                "entityType": "MARKETPLACE",
                "taxRegistrationType": "CNPJ",
                "taxRegistrationNumber": MARKETPLACE_CNPJ_ROOT,
            },
            {"entityType": "MERCHANT", "legalName": seller.name},
        ],
        "taxInvoicing": {"invoiceStatus": _invoice_word(record, invoice)},
    }


def _invoice_word(record: Order, invoice: Invoice | None) -> str:
    if record.fulfilled_by == "AMAZON":
        return "NOT_REQUIRED"
    state = invoice.state if invoice else "NotFound"
    words = {"Processing": "PROCESSING", "Accepted": "ACCEPTED", "Rejected": "ERRORED"}
    return words.get(state, "NOT_FOUND")


def _payment(record: Order) -> Json:
    if record.status == _PENDING:
        return {}
    row: Json = {
        "paymentMethod": record.payment,
        "paymentAmount": _money(record.total),
    }
    if record.payment in ("CreditCard", "Pix"):
        row |= {"acquirerId": ACQUIRER, "authorizationCode": f"A{record.id[-6:]}"}
    if record.payment == "CreditCard":
        row["cardBrand"] = "Visa"
    return {"paymentExecutions": [row]}


def _fulfillment_orders(record: Order) -> list[Json]:
    if not record.shipment_id:
        return []
    return [{"fulfillmentOrderId": record.shipment_id}]


def _package(package: Package, record: Order) -> Json:
    payload: Json = {
        "packageReferenceId": package.id,
        "packageStatus": {"status": package.status, "detailedStatus": package.detail},
        "carrier": package.carrier,
        "trackingNumber": package.tracking,
        "packageItems": [
            {"orderItemId": item.id, "quantity": item.quantity} for item in record.items
        ],
    }
    if package.created:
        payload["createdTime"] = iso(package.created)
    if package.shipped:
        payload["shipTime"] = iso(package.shipped)
    return payload


def _recommended(lines: list[str]) -> Json:
    size = {"value": "40.0", "dimensionUnit": "CM"}
    return {
        "dimensions": {"length": size, "width": size, "height": size},
        "weight": {"value": "2000.0", "weightUnit": "G"},
        "lineItems": [{"lineItemId": line} for line in lines],
    }
