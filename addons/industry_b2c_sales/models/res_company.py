from datetime import timedelta

from odoo import fields, models


class ResCompany(models.Model):
    """How old the last look at an order may be, in seconds, for each operation.

    The fields are called ``b2c_<operation>_seconds``; the defaults are those of
    ``domain.guard.OPERATIONS``.
    """

    _inherit = "res.company"

    b2c_reserve_seconds = fields.Integer(
        string="Freshness Before Reserving", default=900
    )
    b2c_wave_seconds = fields.Integer(string="Freshness Before the Wave", default=900)
    b2c_pick_seconds = fields.Integer(string="Freshness Before Picking", default=900)
    b2c_pack_seconds = fields.Integer(string="Freshness Before Packing", default=300)
    b2c_nfe_seconds = fields.Integer(string="Freshness Before the NF-e", default=60)
    b2c_xml_seconds = fields.Integer(
        string="Freshness Before the XML to the Channel", default=60
    )
    b2c_label_seconds = fields.Integer(string="Freshness Before the Label", default=60)
    b2c_dispatch_seconds = fields.Integer(
        string="Freshness Before Dispatch",
        default=0,
        help="0: the channel is asked at every dispatch.",
    )
    b2c_freight_payment_seconds = fields.Integer(
        string="Freshness Before Freight Payment", default=900
    )
    b2c_refund_seconds = fields.Integer(string="Freshness Before Refunds", default=900)
    b2c_settlement_seconds = fields.Integer(
        string="Freshness Before Settlement", default=900
    )
    b2c_override_minutes = fields.Integer(
        string="Longest Override (min)",
        default=30,
        help="How long a person may let an operation go on against the guard's hold.",
    )

    b2c_gs1_prefix = fields.Char(
        string="GS1 Company Prefix",
        help="7 to 12 digits, as GS1 Brasil assigned them: closed pallets and cartons "
        "are then numbered with an SSCC.",
    )

    b2c_hold_unmeasured = fields.Boolean(
        string="Hold Orders of Unmeasured Products",
        help="An order waits while a product of it has no weight or no dimensions: the "
        "freight would be a guess. Otherwise this is told on the product only.",
    )

    _b2c_gs1_prefix_digits = models.Constraint(
        "CHECK(b2c_gs1_prefix ~ '^[0-9]{7,12}$')",
        "The GS1 company prefix has 7 to 12 digits.",
    )
    _b2c_budget_positive = models.Constraint(
        "CHECK(LEAST(b2c_reserve_seconds, b2c_wave_seconds, b2c_pick_seconds, "
        "b2c_pack_seconds, b2c_nfe_seconds, b2c_xml_seconds, b2c_label_seconds, "
        "b2c_freight_payment_seconds, b2c_refund_seconds, b2c_settlement_seconds) > 0 "
        "AND b2c_dispatch_seconds >= 0)",
        "The freshness of an order's status must be at least one second; before "
        "dispatch it may be zero.",
    )
    _b2c_override_positive = models.Constraint(
        "CHECK(b2c_override_minutes > 0)",
        "An override lasts at least one minute.",
    )

    def _b2c_budget(self, operation: str) -> timedelta:
        """How old the last look at an order may be before ``operation``."""
        self.ensure_one()
        return timedelta(seconds=self[f"b2c_{operation}_seconds"])

    def _b2c_lang(self) -> str:
        """The language of what is stored for this company: jobs carry none."""
        self.ensure_one()
        return self.partner_id.lang or "pt_BR"

    def _compute_fiscal_address(self):
        """Let every user read what this computes.

        The parent also assigns `tax_framework`, a stored field that another method
        computes: protected, it is not written, so a reader needs no right to write
        companies (a salesperson could not open an order otherwise).
        """
        with self.env.protecting([self._fields["tax_framework"]], self):
            return super()._compute_fiscal_address()
