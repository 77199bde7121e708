"""What one NF-e is sent to and one label is printed for."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.industry_b2c_sales.timing import whole_seconds

from ..domain.contract import DocUnit, InvoiceState, InvoiceTarget
from ..rules import living


class MarketplaceParcel(models.Model):
    """A parcel of one or more orders of a channel.

    The NF-e is not attached to the sale order but to what the channel wants it on (the
    shipment on Mercado Livre, the order on Shopee, …): ``target_unit`` and
    ``target_ref``. The label exists once the channel accepted the NF-e; fetching it may
    change the parcel's state there, so it is fetched once and printed from here.
    """

    _name = "marketplace.parcel"
    _description = "Marketplace Parcel"
    _inherit = ["mail.thread"]
    _order = "ship_by, id"
    _rec_name = "external_id"
    _check_company_auto = True

    account_id = fields.Many2one(
        "marketplace.account", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    external_id = fields.Char("Channel Parcel", required=True, readonly=True)
    channel_order_ids = fields.Many2many(
        "marketplace.order",
        "marketplace_parcel_order_rel",
        "parcel_id",
        "order_id",
        string="Channel Orders",
        readonly=True,
    )
    sale_order_ids = fields.Many2many(
        "sale.order", compute="_compute_sale_order_ids", string="Sales Orders"
    )
    state = fields.Selection(
        [
            ("not_ready", "Not ready"),
            ("awaiting_invoice", "Awaiting NF-e"),
            ("to_arrange", "To arrange"),
            ("label_pending", "Label pending"),
            ("label_ready", "Label ready"),
            ("printed", "Printed"),
            ("handed_over", "Handed over"),
            ("in_transit", "In transit"),
            ("delivered", "Delivered"),
            ("failed", "Delivery failed"),
            ("returning", "Coming back"),
            ("returned", "Returned"),
            ("lost", "Lost"),
            ("cancelled", "Cancelled"),
            ("unknown", "Unknown"),
        ],
        default="unknown",
        required=True,
        readonly=True,
        index=True,
    )
    state_raw = fields.Char("Channel's Word", readonly=True)
    logistic = fields.Char(readonly=True)
    carrier = fields.Char(readonly=True)
    tracking = fields.Char(readonly=True, index="btree_not_null")
    ship_by = fields.Datetime(readonly=True)
    not_before = fields.Datetime("Ship Not Before", readonly=True)
    target_unit = fields.Selection(
        [
            ("order", "Order"),
            ("pack", "Cart"),
            ("parcel", "Parcel"),
            ("delivery", "Delivery"),
        ],
        string="NF-e Goes To",
        readonly=True,
    )
    target_ref = fields.Char("NF-e Target", readonly=True)
    target_orders = fields.Char(
        readonly=True, help="Channel orders that one NF-e must cover, comma separated."
    )
    invoice_state = fields.Selection(
        [
            ("not_required", "Not required"),
            ("not_yet", "Too early"),
            ("needed", "Needed"),
            ("sent", "Sent"),
            ("processing", "Being checked"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
            ("unknown", "Unknown"),
        ],
        string="NF-e on the Channel",
        default="unknown",
        required=True,
        readonly=True,
        index=True,
    )
    invoice_key = fields.Char("Accepted NF-e", readonly=True)
    outbox_ids = fields.One2many("marketplace.outbox", "parcel_id", readonly=True)
    label_id = fields.Many2one("ir.attachment", readonly=True, copy=False)
    label_format = fields.Char(readonly=True)
    label_pdf = fields.Binary(compute="_compute_label_pdf", string="Label Preview")
    label_voided = fields.Boolean(readonly=True, help="Must not be printed any more.")
    label_attempts = fields.Integer(readonly=True)
    label_next_try = fields.Datetime(readonly=True)
    label_error = fields.Char(readonly=True)

    _external_uniq = models.UniqueIndex("(account_id, external_id)")
    _label_due_idx = models.Index(
        "(label_next_try) WHERE label_id IS NULL AND label_next_try IS NOT NULL"
    )

    @api.depends("channel_order_ids.sale_order_id")
    def _compute_sale_order_ids(self):
        for parcel in self:
            parcel.sale_order_ids = parcel.channel_order_ids.sale_order_id

    @api.depends("label_id", "label_format")
    def _compute_label_pdf(self):
        for parcel in self:
            is_pdf = parcel.label_format == "pdf"
            parcel.label_pdf = parcel.label_id.datas if is_pdf else False

    # ------------------------------------------------------------ from the channel

    @api.model
    def _upsert(self, binding, order):
        """The living parcels and invoice targets of one reading of an order."""
        account = binding.account_id
        values = {
            parcel.external_id: self._prepare_parcel(parcel)
            for parcel in living.forward(order)
        }
        for key, target in living.targets(order):
            values.setdefault(key, {}).update(self._prepare_target(target))
        self._adopt_place_holders(binding, order, values)
        known = {
            parcel.external_id: parcel
            for parcel in self.search(
                [
                    ("account_id", "=", account.id),
                    ("external_id", "in", list(values)),
                ]
            )
        }
        for external_id, vals in values.items():
            # No "created" in the chatter: the channel made it, long ago.
            parcel = known.get(external_id) or self.with_context(
                mail_create_nolog=True
            ).create({"account_id": account.id, "external_id": external_id})
            parcel._write_changes(vals)
            if binding not in parcel.channel_order_ids:
                parcel.channel_order_ids += binding
            parcel._after_reading()

    def _prepare_parcel(self, parcel):
        return {
            "state": parcel.state.value,
            "state_raw": parcel.state_raw,
            "logistic": parcel.logistic,
            "carrier": parcel.carrier,
            "tracking": parcel.tracking,
            "ship_by": whole_seconds(parcel.ship_by),
            "not_before": whole_seconds(parcel.not_before),
            "own_freight": not parcel.channel_logistics,
        }

    def _prepare_target(self, target):
        required = target.required or target.state != InvoiceState.UNKNOWN
        return {
            "target_unit": target.unit.value,
            "target_ref": target.external_id,
            "target_orders": ",".join(target.order_ids),
            "invoice_state": target.state.value if required else "not_required",
            **({"invoice_key": target.key} if target.key else {}),
        }

    def _write_changes(self, vals):
        """Write only what differs: a row that did not change is not rewritten."""
        self.ensure_one()
        current = {
            name: self[name].id if self._fields[name].relational else self[name]
            for name in vals
        }
        changed = {k: v for k, v in vals.items() if (v or False) != current[k]}
        if changed:
            self.write(changed)

    def _after_reading(self):
        """A parcel that turned up after the authorisation gets its NF-e now."""
        for parcel in self:
            documents = parcel.channel_order_ids.sale_order_id._marketplace_documents()
            if documents and not parcel.outbox_ids:
                self.env["marketplace.outbox"]._enqueue(documents)
            if documents and parcel.invoice_state == "accepted":
                parcel._want_label()

    def _want_label(self):
        """Due now, unless it is here, void, or asked for already."""
        self.filtered(
            lambda parcel: (
                not (parcel.label_id or parcel.label_voided or parcel.label_next_try)
            )
        ).label_next_try = fields.Datetime.now()

    def _invoice_target(self) -> InvoiceTarget:
        """The record as the adapter wants it."""
        self.ensure_one()
        return InvoiceTarget(
            unit=DocUnit(self.target_unit or "parcel"),
            external_id=self.target_ref or self.external_id,
            order_ids=tuple(filter(None, (self.target_orders or "").split(","))),
            required=self.invoice_state != "not_required",
            state=InvoiceState(self.invoice_state),
            key=self.invoice_key or None,
        )

    # ------------------------------------------------------------ screens

    def action_print_label(self):
        """Open the stored label; the channel is not asked again.

        :raise UserError: no label yet, or it was voided by a cancellation
        """
        self.ensure_one()
        if self.label_voided:
            raise UserError(
                self.env._(
                    "The label of %s is void: it was cancelled.", self.external_id
                )
            )
        if not self.label_id:
            raise UserError(
                self.env._("There is no label for %s yet.", self.external_id)
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.label_id.id}?download=true",
            "target": "new",
        }

    def action_fetch_label(self):
        """Ask for the label now instead of when it is due."""
        self.check_access("read")
        missing = self.filtered(
            lambda parcel: not parcel.label_id and not parcel.label_voided
        )
        # sudo: users see parcels, only the machinery writes them.
        missing.sudo()._queue_labels()
