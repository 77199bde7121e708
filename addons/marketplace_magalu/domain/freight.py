"""Own freight: tells Magalu that a carrier of ours took or delivered a delivery.

``POST …/shippings`` and ``POST …/finishing``, both answered with 202. The status of the
delivery tells whether it is known already.
"""

from __future__ import annotations

from datetime import datetime

from odoo.addons.marketplace_connector.domain.contract import NotYet, Rejected

from .client import DELIVERY, Client
from .invoices import sales_channel
from .traces import TRACE, Watcher
from .values import Json, drift_guarded, stamp, text

_GONE = frozenset({"shipped", "delivered", "finished"})
_ARRIVED = frozenset({"delivered", "finished"})


@drift_guarded
def shipped(
    client: Client, watcher: Watcher, delivery_id: str, carrier: str, code: str
) -> None:
    """Tell carrier and tracking code (Magalu's ``protocol``).

    :raise NotYet: the NF-e is not accepted yet
    """
    delivery = client.delivery(delivery_id)
    status = text(delivery["status"])
    if status in _GONE:
        return
    _ensure(status, "invoiced", before=("new", "approved"))
    body = {
        "carrier": {"name": carrier},
        "channel": {"id": sales_channel(delivery)},
        "protocol": code,
    }
    _tell(client, watcher, "/shippings", delivery_id, body)


@drift_guarded
def delivered(client: Client, watcher: Watcher, delivery_id: str, at: datetime) -> None:
    """Tell the moment of the delivery.

    :raise NotYet: Magalu does not know that it was shipped
    """
    delivery = client.delivery(delivery_id)
    status = text(delivery["status"])
    if status in _ARRIVED:
        return
    _ensure(status, "shipped", before=("new", "approved", "invoiced"))
    body = {"channel": {"id": sales_channel(delivery)}, "delivered_at": stamp(at)}
    _tell(client, watcher, "/finishing", delivery_id, body)


def _ensure(status: str, wanted: str, before: tuple[str, ...]) -> None:
    if status in before:
        raise NotYet(f"the delivery is {status}", code=status)
    if status != wanted:
        raise Rejected("delivery_status", f"the delivery is {status}")


def _tell(
    client: Client, watcher: Watcher, path: str, delivery_id: str, body: Json
) -> None:
    ref = client.write("POST", DELIVERY + path, delivery_id, body)
    watcher.check(TRACE, ref)
