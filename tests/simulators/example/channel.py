"""The made-up channel of the example: as small as a simulator can be."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import requests
from werkzeug.wrappers import Request

from simulators.common.channel import (
    Answer,
    ApiError,
    ChannelEngine,
    ChannelSimulator,
    Route,
    TransitionRefused,
)
from simulators.common.channel.faults import Fault
from simulators.common.channel.records import Notification
from simulators.common.channel.routing import parse_date
from simulators.common.clock import Clock
from simulators.common.people import make_person

PAGE = 5
SHOP = "loja-1"


@dataclass
class Order:
    """A sale with its NF-e and label in one record."""

    id: str
    status: str
    created: datetime
    updated: datetime
    name: str
    cpf: str
    cep: str
    city: str
    lines: list[dict[str, Any]]
    key: str | None = None
    labelled: bool = False
    cancelled: datetime | None = None

    @property
    def total(self) -> Decimal:
        """What the buyer pays."""
        return sum(
            (Decimal(row["price"]) * row["qty"] for row in self.lines), Decimal()
        )


class Push:
    """Signs the body with the application's secret."""

    waits = (timedelta(minutes=1),)
    defaults: ClassVar[dict[str, object]] = {}

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def request(self, note: Notification, url: str) -> tuple[bytes, dict[str, str]]:
        """``{id, order}`` and its HMAC."""
        body = json.dumps({"id": note.uid, "order": note.resource}).encode()
        seal = hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
        return body, {"X-Signature": seal}

    def accepted(self, answer: requests.Response) -> bool:
        """200."""
        return answer.status_code == 200


def error(status: int, code: str) -> ApiError:
    """The channel's shape of an error."""
    return ApiError(status, {"error": code})


class ExampleEngine(ChannelEngine):
    """Rules and state of the channel."""

    routes: ClassVar[list[Route]] = []

    def __init__(self, clock: Clock) -> None:
        super().__init__(":memory:", clock)
        self.app = self.stored_credentials()
        self.push = Push(self.app.client_secret)
        self.connect(self.push)
        self.advances = {
            "pay": lambda ref, args: self.move(ref, "paid"),
            "cancel": lambda ref, args: self.move(ref, "cancelled"),
            "fraud": lambda ref, args: self.save(self.order(ref)),
            "ship": lambda ref, args: self.move(ref, "shipped"),
        }

    def authenticate(self, request: Request) -> None:
        """A living bearer token."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        row = self.store.find_token(token, "access")
        if row is None or row["dead"] or row["expires_at"] <= self.clock.now():
            raise error(401, "unauthorized")

    def bad_request(self, message: str) -> ApiError:
        return error(400, "bad_request")

    def unknown_route(self, request: Request, status: int) -> ApiError:
        return error(status, "no_such_path")

    def rate_limited(self) -> ApiError:
        return error(429, "slow_down")

    def planned_error(self, fault: Fault) -> ApiError:
        return error(fault.status, fault.error)

    def authorize(self, body: dict[str, Any]) -> dict[str, Any]:
        """A code that works once."""
        code = secrets.token_hex(8)
        with self.store.transaction():
            end = self.clock.now() + timedelta(minutes=10)
            self.store.add_token(code, "code", end)
        return {"code": code}

    def create_order(self, spec: dict[str, Any]) -> dict[str, Any]:
        """``lines``, ``paid``."""
        number = self.store.next_number("order")
        person, now = make_person(random.Random(number)), self.clock.now()
        lines = [
            {
                "sku": line.get("seller_sku", "BAN-01"),
                "qty": line.get("quantity", 1),
                "price": str(line.get("price", "49.90")),
            }
            for line in spec.get("lines") or [{}]
        ]
        order = Order(
            f"EX-{number}",
            "paid" if spec.get("paid", True) else "new",
            now,
            now,
            person.full_name,
            person.document,
            person.address.cep,
            person.address.city,
            lines,
        )
        self.save(order)
        return {"order_id": order.id}

    def overview(self) -> list[dict[str, Any]]:
        return [
            {
                "order_id": order.id,
                "status": order.status,
                "cancelled_at": order.cancelled and order.cancelled.isoformat(),
                "invoice_accepted": order.key is not None,
                "fiscal_key": order.key,
                "label_fetched": order.labelled,
                "shipped": order.status in ("shipped", "delivered"),
                "delivered_at": None,
                "total_paid": str(order.total),
                "lines": [
                    {"seller_sku": row["sku"], "quantity": row["qty"]}
                    for row in order.lines
                ],
            }
            for order in self.store.find("order", Order)
        ]

    def order(self, ref: str) -> Order:
        """An order, or 404."""
        found = self.store.get("order", ref, Order)
        if found is None:
            raise error(404, "not_found")
        return found

    def save(self, order: Order) -> None:
        """Keep and announce a change."""
        order.updated = self.clock.now()
        self.store.put("order", order.id, order, updated=order.updated)
        self.events.add("order", order.id)

    def move(self, ref: str, status: str) -> None:
        """A buyer or carrier does something."""
        order = self.order(ref)
        if order.status == "cancelled":
            raise TransitionRefused("cancelled")
        order.status = status
        order.cancelled = self.clock.now() if status == "cancelled" else None
        self.save(order)


def post_token(engine: ExampleEngine, request: Request) -> Answer:
    """A code or a refresh token for an access token; the refresh token stays."""
    form = request.form
    if form.get("client_secret") != engine.app.client_secret:
        raise error(400, "invalid_client")
    kind = "code" if "code" in form else "refresh"
    row = engine.store.find_token(form.get(kind, ""), kind)
    if row is None or row["dead"]:
        raise error(400, "invalid_grant")
    end, refresh = engine.clock.now() + timedelta(hours=1), form.get("refresh")
    if kind == "code":
        engine.store.kill_tokens(token=form["code"])
        refresh = secrets.token_hex(8)
        engine.store.add_token(refresh, "refresh", end + timedelta(days=365))
    access = secrets.token_hex(8)
    engine.store.add_token(access, "access", end)
    pair = {"access": access, "refresh": refresh, "expires_in": 3600, "shop": SHOP}
    return Answer(pair)


def list_orders(engine: ExampleEngine, request: Request) -> Answer:
    """By last change; ``after`` names the last one of the page before."""
    first, last = (parse_date(request.args.get(key, "")) for key in ("since", "until"))
    rows = engine.store.find("order", Order, first=first, last=last)
    marks = [f"{row.updated.isoformat()}|{row.id}" for row in rows]
    start = sum(mark <= request.args.get("after", "") for mark in marks)
    page, end = rows[start : start + PAGE], start + PAGE
    following = marks[end - 1] if end < len(rows) else ""
    return Answer({"orders": [{"id": row.id} for row in page], "next": following})


def get_order(engine: ExampleEngine, request: Request, ref: str) -> Answer:
    """Everything; no address before the payment."""
    order = engine.order(ref)
    place = {"zip": order.cep, "city": order.city}
    return Answer(
        {
            "id": order.id,
            "status": order.status,
            "paid": order.status != "new",
            "created": order.created.isoformat(),
            "updated": order.updated.isoformat(),
            "cancelled": order.cancelled and order.cancelled.isoformat(),
            "buyer": {"name": order.name, "cpf": order.cpf},
            "address": None if order.status == "new" else place,
            "lines": [{**row, "price": float(row["price"])} for row in order.lines],
            "key": order.key,
        }
    )


def post_invoice(engine: ExampleEngine, request: Request, ref: str) -> Answer:
    """The authorised XML; one per order, of the order's total."""
    order, xml = engine.order(ref), request.get_data(as_text=True)
    if order.key:
        raise error(409, "already_invoiced")
    match = re.search(r"<vNF>([\d.]+)</vNF>.*<chNFe>(\d{44})</chNFe>", xml)
    if match is None or Decimal(match[1]) != order.total:
        raise error(400, "wrong_total")
    order.key = match[2]
    engine.save(order)
    return Answer({"key": order.key}, status=201)


def get_invoice(engine: ExampleEngine, request: Request, ref: str) -> Answer:
    """What is held; null when nothing."""
    return Answer({"key": engine.order(ref).key})


def get_label(engine: ExampleEngine, request: Request, ref: str) -> Answer:
    """A PDF, once there is an NF-e."""
    order = engine.order(ref)
    if order.key is None:
        raise error(409, "no_invoice")
    order.labelled = True
    engine.save(order)
    return Answer(raw=b"%PDF-1.4 " + ref.encode(), content_type="application/pdf")


_INVOICE = "/orders/<ref>/invoice"

ExampleEngine.routes += [
    Route("POST", "/token", post_token, auth=False),
    Route("GET", "/orders", list_orders, frozenset({"since", "until", "after"})),
    Route("GET", "/orders/<ref>", get_order),
    Route("POST", _INVOICE, post_invoice),
    Route("GET", _INVOICE, get_invoice),
    Route("GET", "/labels/<ref>", get_label),
]


class ExampleSimulator(ChannelSimulator[ExampleEngine]):
    """Serves the channel."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(ExampleEngine(clock))
