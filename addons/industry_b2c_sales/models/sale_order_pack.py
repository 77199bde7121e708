from odoo import api, fields, models


class SaleOrder(models.Model):
    """Orders that were one cart at the channel (``b2c_pack_id``) stay together."""

    _inherit = "sale.order"

    b2c_pack_count = fields.Integer(
        string="Orders of the Cart", compute="_compute_b2c_pack_count"
    )
    b2c_pack_held_count = fields.Integer(
        string="Orders of the Cart Not Taken In",
        compute="_compute_b2c_pack_count",
        help="Orders of the same cart that wait in the work queue: the parcel is not "
        "complete without them.",
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
            key = (order.company_id.id, order.b2c_source, order.b2c_pack_id)
            order.b2c_pack_count = counts.get(key, 0)
            order.b2c_pack_held_count = held.get(order.id, 0)

    def _b2c_pack_held(self) -> dict[int, int]:
        """How many orders of the same cart are in quarantine, by order id."""
        carts = self.filtered("b2c_pack_id")
        if not carts:
            return {}
        # sudo: a picker may not read the work queue, the cart holds him back anyway.
        groups = (
            self.env["b2c.issue"]
            .sudo()
            ._read_group(
                [
                    ("state", "=", "open"),
                    ("order_id", "=", False),
                    ("pack_ref", "in", [order._b2c_pack_ref() for order in carts]),
                ],
                ["company_id", "pack_ref"],
                ["external_ref:count_distinct"],
            )
        )
        held = {(company.id, ref): count for company, ref, count in groups}
        counts = {
            order.id: held.get((order.company_id.id, order._b2c_pack_ref()), 0)
            for order in carts
        }
        return {order_id: count for order_id, count in counts.items() if count}

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
        """``cart_incomplete`` while an order of the cart is still in quarantine."""
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
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "industry_b2c_sales.b2c_issue_action"
        )
        return action | {
            "domain": [
                ("company_id", "=", self.company_id.id),
                ("pack_ref", "=", self._b2c_pack_ref()),
            ],
            "context": {"search_default_open": 1},
        }
