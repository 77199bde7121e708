from odoo import api, fields, models
from odoo.fields import Domain

from ..const import (
    FISCAL_SELECTION,
    ORDER_SELECTION,
    PARCEL_SELECTION,
    PAYMENT_SELECTION,
    RETURN_SELECTION,
    SETTLEMENT_SELECTION,
    USER_GROUP,
)


def _in_order(selection):
    """The columns of a board: the states that occur, as an order lives through them."""
    return lambda _orders, found, _domain: [
        code for code, _label in selection if code in found
    ]


class SaleOrder(models.Model):
    """A consumer order is a living thing: six axes, each folded from an event log.

    Its way: taken in (draft) → confirmed and reserved → invoiced → dispatched. Before
    every step the guard asks whether it may go on. A B2B order has none of this.
    """

    _inherit = "sale.order"

    is_b2c = fields.Boolean(string="Consumer Sale", copy=False, readonly=True)
    b2c_source = fields.Char(string="Channel Account", copy=False, readonly=True)
    b2c_external_id = fields.Char(
        string="Channel Order", copy=False, readonly=True, index="btree_not_null"
    )
    b2c_pack_id = fields.Char(
        string="Channel Pack", copy=False, readonly=True, index="btree_not_null"
    )
    b2c_paid_total = fields.Monetary(string="Paid by Consumer", copy=False)
    b2c_seller_discount = fields.Monetary(
        string="Discount by Seller",
        copy=False,
        readonly=True,
        help="Already taken off what the NF-e amounts to.",
    )
    b2c_channel_discount = fields.Monetary(
        string="Discount by Channel",
        copy=False,
        readonly=True,
        help="Part of what the NF-e amounts to: the channel pays it for the consumer.",
    )
    b2c_intermediary_vat = fields.Char(string="Intermediary CNPJ", copy=False)
    b2c_intermediary_ref = fields.Char(string="Seller ID at Intermediary", copy=False)
    b2c_payment_data = fields.Json(
        copy=False,
        help="List of {method, amount, brand, acquirer_cnpj, auth_code}; "
        "the amount is text, in BRL.",
    )
    # What the order was made from, kept while its lines must be made again.
    b2c_pending_payload = fields.Json(copy=False, groups="base.group_system")

    b2c_order_state = fields.Selection(
        ORDER_SELECTION,
        string="Order State",
        copy=False,
        readonly=True,
        index="btree_not_null",
        group_expand=_in_order(ORDER_SELECTION),
    )
    b2c_payment_state = fields.Selection(
        PAYMENT_SELECTION,
        string="Payment State",
        copy=False,
        readonly=True,
        group_expand=_in_order(PAYMENT_SELECTION),
    )
    b2c_fiscal_state = fields.Selection(
        FISCAL_SELECTION,
        string="Fiscal State",
        copy=False,
        readonly=True,
        group_expand=_in_order(FISCAL_SELECTION),
    )
    b2c_parcel_state = fields.Selection(
        PARCEL_SELECTION,
        string="Parcel State",
        copy=False,
        readonly=True,
        group_expand=_in_order(PARCEL_SELECTION),
    )
    b2c_return_state = fields.Selection(
        RETURN_SELECTION,
        string="Return State",
        copy=False,
        readonly=True,
        group_expand=_in_order(RETURN_SELECTION),
    )
    b2c_settlement_state = fields.Selection(
        SETTLEMENT_SELECTION,
        string="Settlement State",
        copy=False,
        readonly=True,
        group_expand=_in_order(SETTLEMENT_SELECTION),
    )
    b2c_state_unknown = fields.Boolean(
        string="State Not Understood",
        copy=False,
        readonly=True,
        help="The newest fact about order or payment has a value nobody has mapped.",
    )
    # Every new fact touches the order, so that two facts that arrive in two
    # transactions at once collide instead of being folded without each other.
    b2c_last_fact_at = fields.Datetime(copy=False, readonly=True)

    # Whoever sells to distributors only has no access to these models: who reads an
    # order with all of its fields must not fail on them.
    b2c_event_ids = fields.One2many(
        "b2c.order.event", "order_id", readonly=True, groups=USER_GROUP
    )
    b2c_verdict_ids = fields.One2many(
        "b2c.guard.verdict", "order_id", readonly=True, groups=USER_GROUP
    )
    b2c_issue_ids = fields.One2many(
        "b2c.issue", "order_id", readonly=True, groups=USER_GROUP
    )
    b2c_cancel_step_ids = fields.One2many(
        "b2c.cancel.step", "order_id", readonly=True, groups=USER_GROUP
    )
    b2c_issue_count = fields.Integer(
        compute="_compute_b2c_issue_count",
        search="_search_b2c_issue_count",
        groups=USER_GROUP,
    )
    # Issues and verdicts are not for everybody who may see the order: what they say
    # about it is (it names no person).
    b2c_hold_reason = fields.Text(compute="_compute_b2c_hold_reason", compute_sudo=True)

    _b2c_external_uniq = models.UniqueIndex(
        "(company_id, b2c_source, b2c_external_id) WHERE b2c_external_id IS NOT NULL",
        "This order of the channel is here already.",
    )
    _b2c_open_idx = models.Index("(company_id, b2c_order_state) WHERE is_b2c")

    def _compute_b2c_issue_count(self):
        counts = self.env["b2c.issue"]._open_counts(self)
        for order in self:
            order.b2c_issue_count = counts.get(order.id, 0)

    def _search_b2c_issue_count(self, operator, value):
        """Orders with (``> 0``) or without open issues; other comparisons too."""
        groups = self.env["b2c.issue"]._read_group(
            [("state", "=", "open"), ("order_id", "!=", False)],
            ["order_id"],
            ["__count"],
        )
        if operator == ">" and not value:
            return Domain("id", "in", [order.id for order, _count in groups])
        if operator == "in":
            wanted = set(value)
            ids = [order.id for order, count in groups if count in wanted]
            if 0 in wanted:
                others = [order.id for order, _count in groups]
                return Domain("id", "in", ids) | Domain("id", "not in", others)
            return Domain("id", "in", ids)
        return NotImplemented

    @api.depends(
        "b2c_order_state",
        "b2c_payment_state",
        "b2c_last_fact_at",
        "b2c_held",
        "b2c_hold_note",
        "state",
    )
    @api.depends_context("lang")
    def _compute_b2c_hold_reason(self):
        """Why the order stands: a person, its open issues, what the guard said last."""
        for order in self:
            living = order.is_b2c and order.state != "cancel"
            order.b2c_hold_reason = living and order._b2c_hold_text()

    def _b2c_hold_text(self) -> str | bool:
        """Why this consumer order stands still, False when it does not."""
        self.ensure_one()
        if self.b2c_held:
            return self.env._("Held by a person: %s", self.b2c_hold_note)
        open_issues = self.b2c_issue_ids.filtered(lambda i: i.state == "open")
        if open_issues:
            return "\n".join(open_issues.mapped("message"))
        last = self.b2c_verdict_ids.sorted("id")[-1:]
        return last.decision != "go" and last.reason if last else False

    def action_view_b2c_issues(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "industry_b2c_sales.b2c_issue_action"
        )
        return action | {"domain": [("order_id", "=", self.id)], "context": {}}
