"""An adapter of a made-up channel: the least that a channel needs, and nothing else.

Read it beside ``docs/adapter.md``. Its channel is ``channel.py``.
"""

import hashlib
import hmac
import json
from datetime import datetime, timedelta, timezone

from odoo.addons.marketplace_connector.domain import contract as c
from odoo.addons.marketplace_connector.domain.each import each
from odoo.addons.marketplace_connector.domain.http import Call, HttpClient

from .mapping import read

INVOICE = "/orders/{id}/invoice"
XML = {"Content-Type": "application/xml"}


def classify(answer):
    """Only what the status does not tell: the door knows 401, 404, 429 and 5xx."""
    code = answer.payload().get("error", "")
    if code == "invalid_grant":
        return c.AuthDead(code=code)
    if code == "already_invoiced":
        return c.AlreadyDone(code=code)
    return c.Rejected(code) if code == "wrong_total" else None


def utc_now():
    return datetime.now(timezone.utc)


class ExampleAdapter:
    code = "example"
    caps = c.Capabilities(invoice_unit=c.DocUnit.ORDER, refresh_rotates=False)

    def __init__(self, *, options, account_ref, client_id, client_secret, **more):
        self._base = more.get("base_url") or "https://api.channel.example"
        self._http = HttpClient(self._base, options, classify)
        self._shop, self._now = account_ref, more.get("now", utc_now)
        self._app = {"client_id": client_id, "client_secret": client_secret}

    # -- authorisation

    def authorize_url(self, state, redirect_uri, verifier=None):
        return f"{self._base}/consent?state={state}&back={redirect_uri}"

    def exchange_code(self, params, redirect_uri, verifier=None):
        return self._token({"code": params["code"]})

    def refresh(self, token):
        return self._token({"refresh": token.refresh})

    def _token(self, form):
        call = Call("POST", "/token", data={**self._app, **form}, auth=False)
        raw = self._http.json(call)
        end = self._now() + timedelta(seconds=raw["expires_in"])
        return c.TokenSet(raw["access"], end, raw["refresh"], account_ref=raw["shop"])

    # -- events: signed, and never believed beyond the id

    def check_event(self, req):
        secret = self._app["client_secret"].encode()
        wanted = hmac.new(secret, req.body, hashlib.sha256).hexdigest()
        same = hmac.compare_digest(wanted, req.headers.get("x-signature", ""))
        return c.EventAuth.VALID if same else c.EventAuth.INVALID

    def ack(self, verdict):
        return c.Ack(200 if verdict == c.EventAuth.VALID else 401)

    def parse_events(self, req):
        try:
            raw = json.loads(req.body)
            ref, key = raw["order"], raw["id"]
        except (ValueError, TypeError, KeyError) as exc:
            raise c.ContractDrift("event", req.body[:200]) from exc
        return [c.ChannelEvent(self._shop, "order", "order", ref, key)]

    def missed_events(self, cursor):
        return c.Page(())

    def commit(self, commit_token):
        pass

    # -- orders

    def changed_orders(self, cursor, until):
        until = cursor.high if cursor.value else until
        low = (cursor.low or until) - self.caps.overlap
        window = {"since": low.isoformat(), "until": until.isoformat()}
        after = cursor.value or ""
        while True:
            call = Call("GET", "/orders", params={**window, "after": after})
            raw = self._http.json(call)
            after = raw["next"]
            refs = tuple(c.OrderRef(row["id"], None) for row in raw["orders"])
            more = c.Cursor(after, cursor.low, until) if after else c.Cursor(low=until)
            yield c.Page(refs, more)
            if not after:
                return

    def orders(self, ids):
        return each(ids, self._order)

    def _order(self, ref):
        raw = self._http.json(Call("GET", "/orders/{id}", {"id": ref}, ref=ref))
        return read(raw, self._shop)

    def buyer_fiscal(self, order):
        return order.buyer

    def parcels(self, order):
        return self._order(order.external_id).parcels

    def still_shippable(self, ids):
        return {ref: self._live(ref) for ref in ids}

    def _live(self, ref):
        try:
            order = self._order(ref)
        except c.ChannelError as error:
            nothing = c.OrderState.UNKNOWN, c.PaymentState.UNKNOWN
            return c.LiveCheck(*nothing, error=error)
        return c.LiveCheck(order.state, order.payment_state)

    # -- NF-e: sent once, then read back by its key

    def send_invoice(self, target, invoice):
        if len(invoice.xml) > self.caps.invoice_max_bytes:
            raise c.Rejected("xml_too_large", who="bug")
        ref = {"id": target.external_id}
        try:
            self._http.send(Call("POST", INVOICE, ref, headers=XML, data=invoice.xml))
        except (c.AlreadyDone, c.OutcomeUnknown) as error:
            held = self.invoice_status(target).key
            if held is None:
                raise c.Transient("nothing arrived") from error
            if held != invoice.key:
                raise c.AlreadyDone("another NF-e", held_key=held) from error
        return c.InvoiceResult(c.InvoiceState.ACCEPTED, invoice.key)

    def invoice_status(self, target):
        raw = self._http.json(Call("GET", INVOICE, {"id": target.external_id}))
        state = c.InvoiceState.ACCEPTED if raw["key"] else c.InvoiceState.NEEDED
        return c.InvoiceResult(state, raw["key"])

    # -- labels: one bad parcel does not cost the others theirs

    def labels(self, parcels, fmt):
        if fmt not in self.caps.label_formats:
            raise c.Rejected("label_format", who="bug")
        files, failed = [], []
        for ref in parcels:
            try:
                pdf = self._http.send(Call("GET", "/labels/{id}", {"id": ref})).content
                files.append(c.LabelFile(pdf, "application/pdf", (ref,), fmt))
            except c.ChannelError as error:
                failed.append((ref, error))
        return c.LabelBatch(tuple(files), tuple(failed))
