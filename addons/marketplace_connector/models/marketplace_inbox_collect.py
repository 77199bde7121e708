"""One reading for all that was told about a resource until it began."""

from datetime import timedelta

from odoo import api, fields, models

CLOCKS_APART = timedelta(seconds=2)
"""How far the clock of the process that hears may be behind that of the job."""


class MarketplaceOrder(models.Model):
    _inherit = "marketplace.order"

    def _read_since(self, moment):
        """Did a whole reading begin after that?"""
        return (
            not self.partial
            and bool(self.read_at)
            and self.read_at > moment + CLOCKS_APART
        )


class MarketplaceInbox(models.Model):
    _inherit = "marketplace.inbox"

    @api.model
    def _collect(self, account_id, kind, external_ids):
        """The rows that a job about these resources settles.

        What came in while the job waited is settled by the same reading.
        """
        self.env.flush_all()
        self.env.cr.execute(
            """
            UPDATE marketplace_inbox
               SET state = 'queued', write_date = %s
             WHERE id IN (
                    SELECT id
                      FROM marketplace_inbox
                     WHERE account_id = %s
                       AND kind = %s
                       AND external_id = ANY(%s)
                       AND state = 'new'
                       FOR UPDATE SKIP LOCKED)
            """,
            [fields.Datetime.now(), account_id, kind, list(external_ids)],
        )
        self.invalidate_model()
        return self.search(
            [
                ("account_id", "=", account_id),
                ("kind", "=", kind),
                ("external_id", "in", external_ids),
                ("state", "=", "queued"),
            ]
        )

    def _covered(self):
        """Rows that tell nothing new: all their orders were read after they came in.

        A channel tells one change of an order in several ways (order, payment, parcel).
        Not those that failed, that a person wants to see read, or of partial answers.
        """
        orders = self._orders_by_row()
        return self.filtered(
            lambda row: (
                not row.processed_at
                and orders[row]
                and all(order._read_since(row.received_at) for order in orders[row])
            )
        )

    def _orders_by_row(self):
        """Row → the orders of the channel that it is about; none when not known."""
        none = self.env["marketplace.order"]
        found = {}
        for kind, model in (("order", none), ("parcel", none.parcel_ids)):
            rows = self.filtered(lambda row, kind=kind: row.kind == kind)
            known = model.search(
                [
                    ("account_id", "in", rows.account_id.ids),
                    ("external_id", "in", rows.mapped("external_id")),
                ]
            ).grouped(lambda one: (one.account_id, one.external_id))
            for row in rows:
                match = known.get((row.account_id, row.external_id), model)
                found[row] = match if kind == "order" else match.channel_order_ids
        return {row: found.get(row, none) for row in self}
