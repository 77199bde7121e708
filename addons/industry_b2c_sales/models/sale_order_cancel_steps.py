from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date

from ..domain.cancellation import Asker, Note, cancel_limit
from ..domain.regret import last_day, may_regret, zone_of
from ..timing import utc_now
from .sale_order_situation import requested_at


class SaleOrder(models.Model):
    """What each step of the plan does.

    ``_b2c_cancel_step_<step>`` returns ``(state, note)``: ``done``, ``manual`` (a
    person must do it, the note says what), ``failed``, or ``todo`` (asked for; the plan
    runs again with the answer). It may run twice. Other addons override the steps that
    they can do; here they are tasks of a person.
    """

    _inherit = "sale.order"

    def _b2c_cancel_step_release_stock(self):
        """Cancel order, deliveries and draft invoices; the stock is free again."""
        self.ensure_one()
        if self.state != "cancel":
            if self.locked:
                self.action_unlock()
            self._action_cancel()
        return "done", False

    def _b2c_cancel_step_put_back(self):
        """Nobody knows the wave here: a person is told to stop and put back."""
        return "manual", self._b2c_company_text()._(
            "Warn picking and packing table, and put the goods of %(order)s back.",
            order=self.name,
        )

    def _b2c_cancel_step_void_label(self):
        """Nobody voids labels here: a person takes the printed one out."""
        env = self._b2c_company_text()
        return "manual", env._("Destroy the label of %(order)s.", order=self.name)

    def _b2c_cancel_step_cancel_nfe(self):
        """Nobody talks to the SEFAZ here: a person cancels the note."""
        if self._b2c_note() in (Note.NONE, Note.CANCELLED):
            return "done", False
        env = self._b2c_company_text()
        limit = cancel_limit(self._b2c_situation())
        if limit is None:
            return "manual", env._(
                "Cancel the NF-e of invoice %(invoice)s.",
                invoice=self._b2c_invoice_names(),
            )
        return "manual", env._(
            "Cancel the NF-e of invoice %(invoice)s, until %(limit)s; after that an "
            "entry NF-e is needed.",
            invoice=self._b2c_invoice_names(),
            limit=self._b2c_local_text(limit),
        )

    def _b2c_cancel_step_entry_nfe(self):
        """Too late for the SEFAZ's cancellation: the note is undone by another one."""
        return "manual", self._b2c_company_text()._(
            "Issue an entry NF-e (devolução) for invoice %(invoice)s.",
            invoice=self._b2c_invoice_names(),
        )

    def _b2c_cancel_step_intercept_parcel(self):
        """Nobody talks to carriers here: a person tries to stop the parcel."""
        return "manual", self._b2c_company_text()._(
            "Ask the carrier to stop the parcel of %(order)s on its way.",
            order=self.name,
        )

    def _b2c_cancel_step_expect_return(self):
        """The goods are outside: they come back before the stock counts them."""
        return "manual", self._b2c_company_text()._(
            "The goods of %(order)s must come back: await, inspect and receive them.",
            order=self.name,
        )

    def _b2c_cancel_step_tell_channel(self):
        """Nobody talks to the channel here: a person tells it."""
        if not self.b2c_source:
            return "done", False
        env = self._b2c_company_text()
        params = {"channel": self.b2c_source, "order": self.b2c_external_id}
        if self._b2c_situation().asker != Asker.CHANNEL:
            return "manual", env._(
                "Tell %(channel)s that order %(order)s is cancelled.", **params
            )
        if not self._b2c_posted_invoices():
            return "done", False
        return "manual", env._(
            "Tell %(channel)s that the NF-e of order %(order)s is cancelled.", **params
        )

    def _b2c_cancel_step_book_refund(self):
        """Who took the money gives it back: the marketplace, or we ourselves."""
        self.ensure_one()
        env = self._b2c_company_text()
        if not self._b2c_is_marketplace():
            # Decreto 7.962/2013, art. 5, § 3: the card's issuer is told at once.
            return "manual", env._(
                "Pay %(amount)s back to the consumer now, by the way it was paid; for "
                "a card, tell its administrator at once.",
                amount=self._b2c_amount_text(self.b2c_paid_total),
            )
        if not self._b2c_posted_invoices():
            return "done", False
        return "manual", env._(
            "Reverse invoice %(invoice)s when the statement shows the refund.",
            invoice=self._b2c_invoice_names(),
        )

    def _b2c_cancel_step_open_claim(self):
        """The days to regret are over; a defect is another matter."""
        return "manual", self._b2c_company_text()._(
            "The seven days to regret %(order)s are over: ask whether there is a "
            "defect, and treat it as a claim.",
            order=self.name,
        )

    # ------------------------------------------------------------ right to regret

    def _b2c_ensure_right(self, asker: str, asked_at=None):
        """Refuse a consumer's regret after the seven days: that is a claim.

        :param asked_at: when the consumer asked (aware UTC), now when nobody tells
        :returns: since when the cancellation is wanted (aware UTC)
        :raises UserError: with the end of the window in the consumer's local time, or
            because nobody can have asked in the future
        """
        self.ensure_one()
        now = utc_now()
        if asker != Asker.CONSUMER.value:
            return now
        asked_at = asked_at or now
        if asked_at > now:
            raise UserError(self.env._("Nobody can have asked in the future."))
        facts = self._b2c_facts()[self.id]
        # What counts is when it was asked first, whoever has heard of it.
        wished_at = min([asked_at, *requested_at(facts)])
        delivered_at = self._b2c_delivered_at(facts)
        uf = self._b2c_uf()
        if may_regret(delivered_at, uf, wished_at):
            return wished_at
        raise UserError(
            self.env._(
                "%(order)s: the seven days to regret ended on %(day)s. Treat it as a "
                "claim, or cancel it as the seller.",
                order=self.name,
                day=format_date(self.env, last_day(delivered_at, uf)),
            )
        )

    def _b2c_uf(self) -> str:
        """Where the consumer lives: the state of the delivery."""
        # sudo: users need not read states of the country.
        return self.partner_shipping_id.sudo().state_id.code or ""

    # ------------------------------------------------------------ texts

    def _b2c_local_text(self, moment) -> str:
        """A time of the issuer's own state, for a person to read."""
        # sudo: users need not read states of the country.
        zone = zone_of(self.company_id.sudo().state_id.code or "")
        return moment.astimezone(zone).strftime("%d/%m/%Y %H:%M")

    def _b2c_amount_text(self, amount) -> str:
        return format_amount(self._b2c_company_text(), amount, self.currency_id)

    def _b2c_invoice_names(self) -> str:
        return ", ".join(self._b2c_posted_invoices().mapped("name"))
