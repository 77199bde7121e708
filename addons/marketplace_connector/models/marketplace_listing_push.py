"""What of a listing is sent, and what became of it."""

from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.industry_b2c_sales.domain.decimals import dec
from odoo.addons.industry_b2c_sales.domain.redact import redact

from ..domain.contract import Conflict, OfferKey, PriceLine, StockLine
from ..rules.offering import (
    Sent,
    haste,
    is_due,
    outcome,
    price_needs_person,
)


class MarketplaceListing(models.Model):
    _inherit = "marketplace.listing"

    # ------------------------------------------------------------ what to send

    @api.model
    def _pushable(self, account, kind):
        """Listings of an account whose stock or price we look after; of those that
        share one stock the first one stands for all."""
        domain = [
            ("account_id", "=", account.id),
            ("state", "!=", "closed"),
            "|",
            ("product_id", "!=", False),
            ("component_ids", "!=", False),
        ]
        if kind == "price":
            return self.search(domain, order="id")
        listings = self.search([*domain, ("send_stock", "=", True)], order="id")
        firsts = {one.stock_pool or one.id: one.id for one in reversed(listings)}
        return listings.filtered(lambda one: one.id in firsts.values())

    def _sharing(self, kind):
        """These listings and, for the stock, those that share theirs."""
        pools = [pool for pool in self.mapped("stock_pool") if pool]
        if kind == "price" or not pools:
            return self
        return self | self.search(
            [
                ("account_id", "in", self.account_id.ids),
                ("stock_pool", "in", pools),
                "|",
                ("product_id", "!=", False),
                ("component_ids", "!=", False),
            ]
        )

    def _targets(self, kind) -> dict:
        """What the channel should have, by listing id. Of offers that share one stock
        but hold different goods the scarcest counts."""
        targets = {}
        for account, listings in self._sharing(kind).grouped("account_id").items():
            targets |= getattr(account, f"_{kind}_targets")(listings)
        if kind == "stock":
            shared = self._sharing(kind).filtered("stock_pool").grouped("stock_pool")
            for mates in shared.values():
                known = targets.keys() & set(mates.ids)
                least = min((targets[one] for one in known), default=0)
                targets |= dict.fromkeys(known, least)
        return {one.id: targets[one.id] for one in self if one.id in targets}

    def _value(self, kind, which):
        """``which``: channel, sent or accepted."""
        value = self[f"{kind}_{which}"]
        return dec(value) if kind == "price" else value

    def _is_sending(self, kind) -> bool:
        return self[f"{kind}_state"] == Sent.SENDING

    def _is_due(self, kind, target, full) -> bool:
        self.ensure_one()
        return is_due(
            Sent(self[f"{kind}_state"]),
            known=self._value(kind, "channel"),
            sent=self._value(kind, "sent"),
            target=target,
            full=full,
        )

    def _haste(self, kind, target):
        self.ensure_one()
        return haste(self._value(kind, "channel"), target), self.id

    def _key(self) -> OfferKey:
        self.ensure_one()
        return OfferKey(self.item_id, self.variation_id or "", self.location or "")

    # ------------------------------------------------------------ read back

    def _read_back(self, kind, adapter) -> dict[int, dict]:
        """What the channel has now, as values of the listings that it knows."""
        by_key = {one._key(): one.id for one in self}
        if kind == "stock":
            return {
                by_key[line.key]: {
                    "stock_channel": line.quantity,
                    "stock_version": line.version,
                }
                for line in adapter.read_stock(list(by_key))
                if line.key in by_key
            }
        items = sorted({key.item_id for key in by_key})
        return {
            by_key[found.key]: {"price_channel": float(found.price)}
            for found in adapter.read_listings(items)
            if not isinstance(found, tuple)
            and found.key in by_key
            and found.price is not None
        }

    # ------------------------------------------------------------ intent, result

    def _intend_push(self, kind, there, full) -> dict:
        """Note what is about to be sent; lines by listing id.

        :param there: values that were read back from the channel, by listing id
        """
        if self.account_id.state != "active":
            # Paused or dead since the job began.
            return {}
        for listing in self.filtered(lambda one: one.id in there):
            known = {f"{kind}_state": "sent", f"{kind}_error": False}
            listing.write(known | there[listing.id])
            listing._report_push(kind)
        targets = self._targets(kind)
        if kind == "price":
            targets = self._hold_prices(targets)
        lines = {}
        for listing in self.filtered(lambda one: one.id in targets):
            target = targets[listing.id]
            if listing._is_due(kind, target, full):
                listing.write(
                    {f"{kind}_state": "sending", f"{kind}_sent": _plain(target)}
                )
                lines[listing.id] = listing._line(kind, target)
        return lines

    def _line(self, kind, target):
        if kind == "price":
            return PriceLine(self._key(), target)
        return StockLine(self._key(), target, self.stock_version or None)

    def _keep_push(self, kind, results, last) -> list[int]:
        """Write what became of each line, a failed one stops no other.

        :param results: ``LineResult`` by listing id
        :param last: a lost race is not run again
        :return: ids whose version was stale: they are read and sent once more
        """
        again = []
        for listing in self.filtered(lambda one: one.id in results):
            result = results[listing.id]
            if isinstance(result.error, Conflict) and not last:
                again.append(listing.id)
            else:
                mates = listing._sharing(kind) if listing.stock_pool else listing
                mates._keep_result(kind, result, listing._value(kind, "sent"))
        return again

    def _keep_result(self, kind, result, value):
        error = result.error
        vals = {f"{kind}_state": outcome(error).value, f"{kind}_sent": _plain(value)}
        if error is None:
            vals |= {
                f"{kind}_channel": _plain(value),
                f"{kind}_pushed_at": fields.Datetime.now(),
                f"{kind}_error": False,
            }
        else:
            vals[f"{kind}_error"] = self[:1]._describe(error)
        if kind == "stock":
            vals["stock_version"] = result.version
        self.write(vals)
        for listing in self:
            listing._report_push(kind)

    def _describe(self, error) -> str:
        """The channel's answer for a person, in the company's language."""
        account = self.account_id._in_company_language()
        code, detail = error.code or error.name, redact(str(error))
        return account._offer_problem(code, detail) or account._answer_text(
            code, detail
        )

    def _report_push(self, kind):
        """What is refused goes to the work queue, what is taken leaves it."""
        code = f"channel_{kind}_refused"
        if self[f"{kind}_state"] == Sent.SENT:
            for known in (code, f"channel_{kind}_held"):
                self.env["b2c.issue"]._solve(known, self)
        elif self[f"{kind}_state"] == Sent.REFUSED:
            account = self.account_id._in_company_language()
            self.env["b2c.issue"]._report(
                code,
                record=self,
                company=self.company_id,
                message=account.env._(
                    "%(offer)s (%(account)s): %(problem)s",
                    offer=self.title or self.item_id,
                    account=account.name,
                    problem=self[f"{kind}_error"],
                ),
                suggestion=account.env._(
                    "Correct the listing on the channel, then send again; or switch "
                    "off sending its stock."
                ),
                replay="action_push_again",
            )

    # ------------------------------------------------------------ price guard

    def _hold_prices(self, targets) -> dict[int, Decimal]:
        """The prices that may go; a person is asked about the others."""
        free = {}
        for listing in self.filtered(lambda one: one.id in targets):
            target = targets[listing.id]
            if price_needs_person(
                listing._value("price", "channel"),
                target,
                dec(listing.account_id.price_limit),
                listing._value("price", "accepted"),
            ):
                listing._hold_price(target)
            else:
                free[listing.id] = target
        return free

    def _hold_price(self, target):
        account = self.account_id._in_company_language()
        self.write({"price_state": "held", "price_sent": _plain(target)})
        self.env["b2c.issue"]._report(
            "channel_price_held",
            record=self,
            company=self.company_id,
            message=account.env._(
                "%(offer)s (%(account)s): the price would change from %(old).2f to "
                "%(new).2f.",
                offer=self.title or self.item_id,
                account=account.name,
                old=self.price_channel,
                new=target,
            ),
            suggestion=account.env._(
                "If it is right, open the listing and accept the price; else correct "
                "the pricelist."
            ),
        )

    # ------------------------------------------------------------ people

    def action_push_again(self):
        """Send the stock and prices of the accounts again, refused lines included."""
        self.account_id.action_push_offers()

    def action_accept_price(self):
        """This new price is right: send it, however far from the old one.

        :raises UserError: no price waits for a person
        """
        held = self.filtered(lambda one: one.price_state == "held")
        if not held or any(one.price_sent <= 0 for one in held):
            raise UserError(self.env._("There is no price to accept here."))
        for listing in held:
            listing.write(
                {"price_state": "unknown", "price_accepted": listing.price_sent}
            )
            self.env["b2c.issue"]._solve("channel_price_held", listing)
        # sudo: the job works with the machinery's rights, not the user's.
        self.account_id.sudo()._queue_pushes()


def _plain(value):
    """As a field takes it."""
    return float(value) if isinstance(value, Decimal) else value
