"""The NF-e that Mercado Livre issues in the seller's name for its own warehouse (Full).

Source: API page "obtendo nota fiscal". The XML is read at the address of its id: the
one in the answer is not followed, our token goes with the call.
"""

from __future__ import annotations

from odoo.addons.marketplace_connector.domain.contract import InvoiceFile, NotYet

from .client_issuer import IssuerClient
from .values import drift_guarded, ident, moment, money, text

_AUTHORIZED = "authorized"


class IssuerMixin:
    """CHANNEL_INVOICE."""

    _issuer: IssuerClient
    _seller: str

    @drift_guarded
    def channel_invoice(self, order_id: str) -> InvoiceFile:
        """The sale's NF-e with its XML, byte for byte.

        :raise NotFound: none was issued (yet)
        :raise NotYet: it waits for the SEFAZ, or was refused there and comes again
        """
        raw = self._issuer.of_order(self._seller, order_id)
        status = text(raw["status"])
        if status != _AUTHORIZED:
            raise NotYet(f"the NF-e is {status}", code=status)
        issued_at = moment(raw["issued_date"])
        if issued_at is None:
            raise ValueError("a moment is expected")
        return InvoiceFile(
            key=text(raw.get("fiscal_key")),
            xml=self._issuer.xml(self._seller, ident(raw["id"])),
            authorized_at=issued_at,
            total=money(raw.get("amount")),
            series=ident(raw.get("invoice_series")),
            number=ident(raw.get("invoice_number")),
        )

    @drift_guarded
    def channel_invoice_orders(self, invoice_id: str) -> tuple[str, ...]:
        """The orders that an NF-e is for, by the id that a notification tells."""
        raw = self._issuer.invoice(self._seller, invoice_id)
        found = (ident(item.get("order_id")) for item in raw.get("items") or ())
        return tuple(dict.fromkeys(order_id for order_id in found if order_id))
