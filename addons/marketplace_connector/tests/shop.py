"""A small channel in memory: the contract, and knobs for what goes wrong."""

import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from ..domain.contract import (
    Ack,
    Address,
    AuthDead,
    Capabilities,
    ChannelEvent,
    Cursor,
    DocUnit,
    EventAuth,
    InvoiceResult,
    InvoiceState,
    InvoiceTarget,
    LabelBatch,
    LabelFile,
    Line,
    LiveCheck,
    NotFound,
    Order,
    OrderRef,
    OrderState,
    Page,
    Parcel,
    ParcelState,
    Party,
    Payment,
    PaymentState,
    TokenSet,
)

SELLER = "77"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOME = Address(
    street="Rua da Assembleia",
    number="10",
    district="Centro",
    city="Rio de Janeiro",
    state="RJ",
    zip="20011901",
)
BUYER = Party(
    external_id="b1",
    name="Consumidora Exemplo",
    doc_type="CPF",
    doc="52998224725",
    address=HOME,
)


def chair(sku="CAD-1", price="199.90", item="MLB1", variation=""):
    return Line(
        key=f"{item}/{variation}",
        sku=sku,
        title="Cadeira Exemplo",
        qty=Decimal(1),
        unit_price=Decimal(price),
        unit_list_price=Decimal(price),
        item_id=item,
        variation_id=variation,
    )


def order_of(external_id, **changes):
    """A paid, released order of one chair in a parcel of its own."""
    lines = changes.pop("lines", (chair(),))
    parcel = changes.pop("parcel", f"S{external_id}")
    total = sum((line.unit_price * line.qty for line in lines), Decimal(0))
    values = {
        "channel": "shop",
        "account_ref": SELLER,
        "external_id": external_id,
        "pack_id": None,
        "number": external_id,
        "state": OrderState.READY,
        "state_raw": "paid",
        "payment_state": PaymentState.PAID,
        "created_at": NOW - timedelta(hours=1),
        "updated_at": NOW,
        "paid_at": NOW,
        "hold_until": None,
        "buyer": BUYER,
        "recipient": BUYER,
        "lines": lines,
        "payments": (
            Payment("p1", PaymentState.PAID, "pix", amount=total, paid_total=total),
        ),
        "parcels": (Parcel(parcel, ParcelState.AWAITING_INVOICE, "invoice_pending"),),
        "invoice_targets": (
            InvoiceTarget(
                DocUnit.PARCEL, parcel, (external_id,), True, InvoiceState.NEEDED
            ),
        ),
        "fees": (),
        "goods_total": total,
        "freight_buyer": Decimal(0),
        "discount_seller": Decimal(0),
        "discount_channel": Decimal(0),
        "total": total,
        "intermediary_cnpj": "03007331000141",
        "intermediary_id": SELLER,
    }
    order = Order(**values | changes)
    return replace(order, raw_digest=str(hash(order)))


LATER = NOW + timedelta(hours=2)
"""When what we tell shows in the order."""


class Killed(BaseException):
    """Not an Exception: whoever catches those does not survive a kill either."""


class Shop:
    """The channel's side of it; ``calls`` counts what was asked."""

    def __init__(self):
        self.orders = {}
        self.live = {}
        self.invoices = {}
        self.refuse = {}
        self.broken_labels = {}
        self.common_label = None
        self.label_file = lambda ref: f"%PDF {ref}".encode()
        self.pages = []
        self.missed = []
        self.calls = []
        self.down = None
        self.answers = {}
        self.told = []
        self.refuse_command = {}
        self.broken_arrange = {}
        self.pending_labels = set()
        self.killed_after = None
        self.refresh_error = None
        self.during_refresh = None
        self.meanwhile = lambda: None
        self.caps = Capabilities(
            invoice_unit=DocUnit.PARCEL,
            label_formats=frozenset({"pdf", "zpl2"}),
            signed_events=False,
        )

    def put(self, *orders):
        for order in orders:
            self.orders[order.external_id] = order

    def offer(self, *features, **caps):
        """The channel can do more than the least of the contract."""
        self.caps = replace(self.caps, features=frozenset(features), **caps)

    def change(self, external_id, **changes):
        """The order moved on at the channel."""
        order = replace(self.orders[external_id], **changes)
        self.put(replace(order, raw_digest=str(hash(order))))

    def count(self, name):
        return sum(1 for call in self.calls if call[0] == name)

    def adapter(self, **params):
        return ShopAdapter(self, **params)


class ShopAdapter:
    """``domain.adapter.ChannelAdapter`` on a ``Shop``."""

    code = "shop"

    def __init__(
        self, shop, *, base_url, account_ref, client_id, client_secret, options
    ):
        self.shop = shop
        self.caps = shop.caps
        self.account_ref = account_ref
        self.options = options

    def _call(self, name, *args):
        self.shop.calls.append((name, *args))
        self.options.tokens.get_token()
        if self.shop.down:
            raise self.shop.down

    # --- authorisation

    def authorize_url(self, state, redirect_uri, verifier=None):
        return f"https://auth.example.com/?state={state}&redirect_uri={redirect_uri}"

    def exchange_code(self, params, redirect_uri, verifier=None):
        if params.get("code") != "good":
            raise AuthDead("used up", code="invalid_grant")
        return TokenSet("access-1", NOW + timedelta(hours=6), "r1", account_ref=SELLER)

    def refresh(self, token):
        self.shop.calls.append(("refresh", token.generation))
        if self.shop.during_refresh:
            self.shop.during_refresh()
        if self.shop.refresh_error:
            raise self.shop.refresh_error
        number = token.generation + 1
        return TokenSet(
            f"access-{number}",
            datetime.now(UTC) + timedelta(hours=6),
            f"refresh-{number}",
        )

    # --- events

    def check_event(self, req):
        bad = req.headers.get("x-signature") == "bad"
        return EventAuth.INVALID if bad else EventAuth.UNSIGNED

    def ack(self, verdict):
        return Ack(401) if verdict == EventAuth.INVALID else Ack(200, b"ok")

    def parse_events(self, req):
        data = json.loads(req.body)
        return [
            ChannelEvent(data["user"], "orders", "order", data["id"], data["event"])
        ]

    def missed_events(self, cursor):
        self._call("missed_events")
        return Page(tuple(self.shop.missed))

    # --- orders

    def changed_orders(self, cursor, until):
        for number, ids in enumerate(self.shop.pages):
            self._call("changed_orders", cursor.value)
            refs = [OrderRef(i, self.shop.orders[i].updated_at) for i in ids]
            yield Page(tuple(refs), Cursor(f"page-{number + 1}", until))

    def orders(self, ids):
        for external_id in ids:
            self._call("order", external_id)
            self.shop.meanwhile()
            found = self.shop.orders.get(external_id, NotFound("unknown order"))
            yield found if isinstance(found, Order) else (external_id, found)

    def buyer_fiscal(self, order):
        self._call("buyer_fiscal", order.external_id)
        return order.buyer

    def still_shippable(self, ids):
        self._call("still_shippable", *ids)
        self.shop.meanwhile()
        return {i: self.shop.live[i] for i in ids if i in self.shop.live} | {
            i: LiveCheck(self.shop.orders[i].state, self.shop.orders[i].payment_state)
            for i in ids
            if i not in self.shop.live and i in self.shop.orders
        }

    # --- fiscal and labels

    def send_invoice(self, target, invoice):
        self._call("send_invoice", target.external_id)
        error = self.shop.refuse.get(target.external_id)
        if error:
            raise error
        self.shop.invoices[target.external_id] = invoice.key
        self._die("send_invoice")
        return self._answer(target, invoice.key)

    def _answer(self, target, key):
        """The next of the answers that were laid ready, else accepted."""
        waiting = self.shop.answers.get(target.external_id)
        answer = waiting.pop(0) if waiting else InvoiceState.ACCEPTED
        if isinstance(answer, Exception):
            raise answer
        return InvoiceResult(answer, key, external_id="I1")

    def _die(self, name):
        """The worker is killed: the channel has it, nobody hears of it."""
        if self.shop.killed_after == name:
            self.shop.killed_after = None
            raise Killed(name)

    def invoice_status(self, target):
        self._call("invoice_status", target.external_id)
        if self.shop.answers.get(target.external_id):
            return self._answer(target, self.shop.invoices.get(target.external_id))
        key = self.shop.invoices.get(target.external_id)
        state = InvoiceState.ACCEPTED if key else InvoiceState.NEEDED
        return InvoiceResult(state, key)

    def labels(self, parcels, fmt):
        self._call("labels", *parcels)
        broken, later = self.shop.broken_labels, self.shop.pending_labels
        good = [ref for ref in parcels if ref not in broken and ref not in later]
        make = self.shop.label_file
        files = [LabelFile(make(ref), "application/pdf", (ref,), fmt) for ref in good]
        if self.shop.common_label and len(good) > 1:
            content = self.shop.common_label(good)
            files = [LabelFile(content, "application/pdf", tuple(good), fmt)]
        return LabelBatch(
            tuple(files),
            tuple((ref, broken[ref]) for ref in parcels if ref in broken),
            tuple(ref for ref in parcels if ref in later),
        )

    # --- beyond the least of the contract

    @contextmanager
    def _tell(self, name, ref, *args):
        """A command: refused, or taken with its effect and then perhaps not heard."""
        self._call(name, ref)
        error = self.shop.refuse_command.get(ref)
        if error:
            raise error
        self.shop.told.append((name, ref, *args))
        yield
        self._die(name)

    def cancel(self, order_id, reason, lines=None):
        with self._tell("cancel", order_id, reason, lines):
            if not lines:
                self._move(order_id, OrderState.CANCELLED)

    def answer_cancel(self, order_id, accept):
        with self._tell("answer_cancel", order_id, accept):
            self._move(order_id, OrderState.CANCELLED if accept else OrderState.READY)

    def _move(self, order_id, state):
        self.shop.change(order_id, state=state, updated_at=LATER, cancellation=None)

    def invoice_cancelled(self, target, key):
        with self._tell("invoice_cancelled", target.external_id, key):
            self.shop.invoices.pop(target.external_id, None)

    def arrange(self, parcels):
        self._call("arrange", *parcels)
        if "arrange" in self.shop.refuse_command:
            raise self.shop.refuse_command["arrange"]
        return [(ref, self.shop.broken_arrange.get(ref)) for ref in parcels]

    def own_tracking(self, parcel_id, carrier, code, url, shipped_at):
        with self._tell("own_tracking", parcel_id, carrier, code, url, shipped_at):
            self._change_parcel(parcel_id, tracking=code)

    def own_delivered(self, parcel_id, at):
        with self._tell("own_delivered", parcel_id, at):
            self._change_parcel(parcel_id, state=ParcelState.DELIVERED)

    def _change_parcel(self, parcel_id, **changes):
        for external_id, order in list(self.shop.orders.items()):
            parcels = tuple(
                replace(one, **changes) if one.external_id == parcel_id else one
                for one in order.parcels
            )
            if parcels != order.parcels:
                self.shop.change(external_id, parcels=parcels, updated_at=LATER)
