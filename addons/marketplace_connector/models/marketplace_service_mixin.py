"""What messages, claims and returns have in common: told by a channel, kept once."""

import psycopg2

from odoo import api, fields, models

from odoo.addons.industry_b2c_sales.timing import aware, whole_seconds
from odoo.addons.queue_job.exception import RetryableJobError


class MarketplaceServiceMixin(models.AbstractModel):
    """A record of the contract's ``service.py``, unique by account and channel id."""

    _name = "marketplace.service.mixin"
    _description = "Told by a Channel"
    _check_company_auto = True

    account_id = fields.Many2one(
        "marketplace.account", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    external_id = fields.Char("Channel ID", required=True, readonly=True)
    order_ref = fields.Char("Order on the Channel", readonly=True, index=True)
    channel_order_id = fields.Many2one(
        "marketplace.order",
        readonly=True,
        index="btree_not_null",
        check_company=True,
        ondelete="set null",
    )
    sale_order_id = fields.Many2one(
        related="channel_order_id.sale_order_id", store=True, index="btree_not_null"
    )
    state_raw = fields.Char("Channel's Word", readonly=True)
    updated_at = fields.Datetime("Changed on the Channel", readonly=True)

    # ------------------------------------------------------------ keep

    @api.model
    def _keep(self, account, told):
        """Store what a channel told, as often as it likes; all their records.

        :param told: ``Message``, ``Claim`` or ``Return`` records of the contract
        :raises RetryableJobError: another transaction stores the same one
        """
        records = self.browse()
        for one in told:
            record = self._known(account, one)
            if record and record._is_stale(one):
                records += record
                continue
            vals = self._prepare_vals(account, one)
            is_new = not record
            if is_new:
                record = self._create_once(vals | self._prepare_key(account, one))
            else:
                record.write(vals)
            record._after_keep(one, is_new)
            records += record
        return records

    @api.model
    def _prepare_key(self, account, one) -> dict:
        """The values by which a record is found again."""
        return {"account_id": account.id, "external_id": one.external_id}

    @api.model
    def _known(self, account, one):
        key = self._prepare_key(account, one)
        return self.search([(name, "=", value) for name, value in key.items()])

    @api.model
    def _create_once(self, vals):
        try:
            with self.env.cr.savepoint():
                return self.create(vals)
        except psycopg2.errors.UniqueViolation as error:
            raise RetryableJobError("the same thing is being stored") from error

    def _is_stale(self, one) -> bool:
        """Is this reading older than what is known?"""
        told, known = one.updated_at, aware(self.updated_at)
        return bool(told and known and told.replace(microsecond=0) < known)

    @api.model
    def _prepare_vals(self, account, one) -> dict:
        """Hook: the values of a contract record."""
        return {
            "state_raw": one.state_raw,
            "order_ref": one.order_id,
            "channel_order_id": self._find_order(account, one.order_id).id,
            "updated_at": whole_seconds(one.updated_at),
        }

    @api.model
    def _find_order(self, account, ref):
        """The channel order with this id, or the first one of the cart with it."""
        orders = self.env["marketplace.order"]
        if not ref:
            return orders
        return orders.search(
            [
                ("account_id", "=", account.id),
                "|",
                ("external_id", "=", ref),
                ("pack_id", "=", ref),
            ],
            order="id",
            limit=1,
        )

    def _after_keep(self, one, is_new):
        """Hook: a reading (``one``) was stored; ``is_new``: for the first time."""

    def _link_orders(self, binding):
        """An order was read whose claims and returns came before it."""
        waiting = self.search(
            [
                ("account_id", "=", binding.account_id.id),
                ("channel_order_id", "=", False),
                ("order_ref", "in", [binding.external_id, binding.pack_id or ""]),
                ("order_ref", "!=", ""),
            ]
        )
        waiting.channel_order_id = binding
        return waiting
