from datetime import timedelta

from odoo import fields, models

from ..domain.guard import OPERATIONS


class ResCompany(models.Model):
    _inherit = "res.company"

    b2c_wave_seconds = fields.Integer(string="Freshness Before the Wave", default=900)
    b2c_pack_seconds = fields.Integer(string="Freshness Before Packing", default=300)
    b2c_send_seconds = fields.Integer(
        string="Freshness Before NF-e, XML and Label", default=60
    )
    b2c_dispatch_seconds = fields.Integer(
        string="Freshness Before Dispatch",
        default=0,
        help="0: the channel is asked at every dispatch.",
    )

    b2c_gs1_prefix = fields.Char(
        string="GS1 Company Prefix",
        help="7 to 12 digits, as GS1 Brasil assigned them: closed pallets and cartons "
        "are then numbered with an SSCC.",
    )

    _b2c_gs1_prefix_digits = models.Constraint(
        "CHECK(b2c_gs1_prefix ~ '^[0-9]{7,12}$')",
        "The GS1 company prefix has 7 to 12 digits.",
    )
    _b2c_budget_positive = models.Constraint(
        "CHECK(b2c_wave_seconds > 0 AND b2c_pack_seconds > 0 AND b2c_send_seconds > 0 "
        "AND b2c_dispatch_seconds >= 0)",
        "The freshness of an order's status must be at least one second; before "
        "dispatch it may be zero.",
    )

    def _b2c_budget(self, operation: str) -> timedelta:
        """How old the last look at an order may be before ``operation``."""
        self.ensure_one()
        seconds = {
            "wave": self.b2c_wave_seconds,
            "pack": self.b2c_pack_seconds,
            "send": self.b2c_send_seconds,
            "dispatch": self.b2c_dispatch_seconds,
        }
        return timedelta(seconds=seconds[OPERATIONS[operation].gate])

    def _b2c_lang(self) -> str:
        """The language of what is stored for this company: jobs carry none."""
        self.ensure_one()
        return self.partner_id.lang or "pt_BR"
