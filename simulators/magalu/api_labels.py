"""Labels of Magalu Entregas: a signed address that lives for some minutes."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route

from .const import LABEL_LIFE, SALES_CHANNEL
from .errors import bad_request, not_found, refused
from .records import Delivery
from .routing import body_of, iso

if TYPE_CHECKING:
    from .engine import Engine

_MIMES = {"pdf": "application/pdf", "zpl": "text/plain"}
_PRINTABLE = frozenset({"invoiced", "shipped"})


def make(engine: Engine, request: Request) -> Answer:
    """``POST /seller/v1/logistics/shipping-labels``: all or nothing."""
    body = body_of(request, {"channel", "deliveries", "label"})
    if body["channel"].get("id") != SALES_CHANNEL:
        raise refused("channel_mismatch", "channel.id is not that of the orders")
    fmt, kind = body["label"].get("format"), body["label"].get("type")
    if fmt not in _MIMES or kind != "shipping":
        raise bad_request("label.format must be pdf or zpl, label.type shipping")
    found = [_printable(engine, entry) for entry in body["deliveries"]]
    for delivery in found:
        engine.lifecycle.printed(delivery)
    due = engine.clock.now() + LABEL_LIFE
    name = secrets.token_hex(16)
    refs = [delivery.id for delivery in found]
    engine.store.add_token(name, "label", due, fmt=fmt, deliveries=refs)
    root = request.host_url.rstrip("/")
    address = f"{root}/files/labels?signature={name}&expires={int(due.timestamp())}"
    return Answer({"label": {"signed_url": address, "expires_on": iso(due)}})


def download(engine: Engine, request: Request) -> Answer:
    """``GET /files/labels``: no token of the API belongs here."""
    if "Authorization" in request.headers:
        raise bad_request("a signed address takes no Authorization")
    row = engine.store.find_token(request.args.get("signature", ""), "label")
    if row is None or row["expires_at"] <= engine.clock.now():
        page = b"<!DOCTYPE html><html><body>Expired</body></html>"
        return Answer(raw=page, content_type="text/html")
    labels = [_label(row["fmt"], ref) for ref in row["deliveries"]]
    return Answer(raw=b"\n".join(labels), content_type=_MIMES[row["fmt"]])


def _printable(engine: Engine, entry: Any) -> Delivery:
    ref = entry.get("id", "") if isinstance(entry, dict) else ""
    delivery = engine.lifecycle.delivery(ref)
    if delivery is None:
        raise not_found("delivery", ref)
    if delivery.own_freight or delivery.status not in _PRINTABLE:
        raise refused("label_not_available", f"delivery {ref} has no label")
    return delivery


def _label(fmt: str, ref: str) -> bytes:
    if fmt == "pdf":
        return b"%PDF-1.4\n% " + ref.encode() + b"\n%%EOF"
    return b"^XA^FO50,50^A0N,40^FD" + ref.encode() + b"^FS^XZ"


ROUTES = (
    Route("POST", "/seller/v1/logistics/shipping-labels", make),
    Route(
        "GET",
        "/files/labels",
        download,
        frozenset({"signature", "expires"}),
        auth=False,
    ),
)
