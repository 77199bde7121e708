from odoo import api, fields, models


class SaleOrder(models.Model):
    """Orders that were one cart at the channel (``b2c_pack_id``) stay together."""

    _inherit = "sale.order"

    b2c_pack_count = fields.Integer(
        string="Orders of the Cart", compute="_compute_b2c_pack_count"
    )
    b2c_pack_held_count = fields.Integer(
        string="Orders of the Cart Not Ready",
        compute="_compute_b2c_pack_count",
        help="Other orders of the same cart that were not taken in, or are drafts: the "
        "parcel is not complete without them.",
    )

    @api.depends("b2c_pack_id", "b2c_source")
    def _compute_b2c_pack_count(self):
        carts = self.filtered("b2c_pack_id")
        groups = self._read_group(
            [("b2c_pack_id", "in", carts.mapped("b2c_pack_id"))],
            ["company_id", "b2c_source", "b2c_pack_id"],
            ["__count"],
        )
        counts = {(company.id, source, pack): n for company, source, pack, n in groups}
        held = carts._b2c_pack_held()
        for order in self:
            order.b2c_pack_count = counts.get(order._b2c_pack_key(), 0)
            order.b2c_pack_held_count = held.get(order.id, 0)

    def _b2c_pack_held(self) -> dict[int, int]:
        """How many other orders of the same cart cannot leave with it, by order id:
        those in quarantine, and those that are drafts still."""
        carts = self.filtered("b2c_pack_id")
        if not carts:
            return {}
        held = carts._b2c_pack_quarantined()
        drafts = carts._b2c_pack_drafts()
        counts = {
            order.id: held.get((order.company_id.id, order._b2c_pack_ref()), 0)
            + len(drafts.get(order._b2c_pack_key(), set()) - {order.id})
            for order in carts
        }
        return {order_id: count for order_id, count in counts.items() if count}

    def _b2c_pack_quarantined(self) -> dict[tuple, int]:
        """Orders in quarantine by company id and cart."""
        # sudo: a picker may not read the work queue, the cart holds him back anyway.
        groups = (
            self.env["b2c.issue"]
            .sudo()
            ._read_group(
                [
                    ("state", "=", "open"),
                    ("order_id", "=", False),
                    ("pack_ref", "in", [order._b2c_pack_ref() for order in self]),
                ],
                ["company_id", "pack_ref"],
                ["external_ref:count_distinct"],
            )
        )
        return {(company.id, ref): count for company, ref, count in groups}

    def _b2c_pack_drafts(self) -> dict[tuple, set[int]]:
        """Ids of the orders that are not confirmed, and still wanted, by cart."""
        # sudo: a picker may not read orders, the cart holds him back anyway.
        groups = self.sudo()._read_group(
            [
                ("b2c_pack_id", "in", self.mapped("b2c_pack_id")),
                ("is_b2c", "=", True),
                ("state", "in", ("draft", "sent")),
                ("b2c_order_state", "not in", ("cancelled", "superseded")),
            ],
            ["company_id", "b2c_source", "b2c_pack_id"],
            ["id:array_agg"],
        )
        return {
            (company.id, source, pack): set(ids)
            for company, source, pack, ids in groups
        }

    def _b2c_pack_key(self) -> tuple:
        self.ensure_one()
        return self.company_id.id, self.b2c_source, self.b2c_pack_id

    def _b2c_pack_ref(self) -> str:
        self.ensure_one()
        return f"{self.b2c_source}/{self.b2c_pack_id}"

    def _b2c_quarantine(self, order, problems):
        issue = super()._b2c_quarantine(order, problems)
        if order.pack_id:
            # sudo: issues are written by the code that reports them, never by hand.
            issue.sudo().pack_ref = f"{order.source}/{order.pack_id}"
        return issue

    def _b2c_shipping_ready(self):
        """``cart_incomplete`` while another order of the cart cannot leave with it."""
        reasons = super()._b2c_shipping_ready()
        for order_id in self._b2c_pack_held():
            reasons.setdefault(order_id, "cart_incomplete")
        return reasons

    def action_view_b2c_pack(self):
        """The orders of this order's cart, itself among them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "industry_b2c_sales.sale_order_action"
        )
        return action | {
            "display_name": self.env._("Cart %s", self.b2c_pack_id),
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("b2c_source", "=", self.b2c_source),
                ("b2c_pack_id", "=", self.b2c_pack_id),
            ],
            "context": {},
        }

    def action_view_b2c_pack_issues(self):
        """What keeps the other orders of the cart out."""
        self.ensure_one()
        drafts = self._b2c_pack_drafts().get(self._b2c_pack_key(), set()) - {self.id}
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "industry_b2c_sales.b2c_issue_action"
        )
        return action | {
            "domain": [
                ("company_id", "=", self.company_id.id),
                "|",
                ("pack_ref", "=", self._b2c_pack_ref()),
                ("order_id", "in", sorted(drafts)),
            ],
            "context": {"search_default_open": 1},
        }
