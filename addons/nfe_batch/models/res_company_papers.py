import base64
from datetime import datetime, time, timedelta, timezone
from io import BytesIO
from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.tools.image import image_process

from .res_company import TIME_ZONES

LOGO_SIZE = (600, 300)


class ResCompany(models.Model):
    """Papers and packages of a company's notes."""

    _inherit = "res.company"

    nfe_package_day = fields.Integer(
        "Accountant's Package on Day",
        default=2,
        help="Day of the month on which the package of the month before is built. "
        "0: not at all.",
    )
    nfe_mail_customer = fields.Selection(
        [
            ("never", "To nobody"),
            ("company", "To companies (CNPJ)"),
            ("all", "To everybody but consumers of marketplaces"),
        ],
        "NF-e by E-mail",
        default="never",
        required=True,
        help="Customers who get the XML and the DANFE by e-mail. The contact may say "
        "otherwise.",
    )
    nfe_receiver_ids = fields.One2many(
        "nfe.receiver", "company_id", string="Further Receivers of the XML"
    )

    _nfe_package_day_of_every_month = models.Constraint(
        "CHECK (nfe_package_day BETWEEN 0 AND 28)",
        "The day of the accountant's package lies between 1 and 28; 0 turns it off.",
    )

    def _nfe_logo(self):
        """The logo for the DANFE, small enough for each note, or None."""
        self.ensure_one()
        logo = base64.b64decode(self.with_context(bin_size=False).logo or b"")
        # An SVG is more than the PDF can be sure to draw.
        if not logo or self.uses_default_logo or logo.lstrip().startswith(b"<"):
            return None
        return BytesIO(image_process(logo, size=LOGO_SIZE, output_format="PNG"))

    def _nfe_utc_bounds(self, first, last):
        """Begin of the first day and end of the last one in the company's state.

        :return: two naive datetimes in UTC; the second one is no part of the period
        """
        self.ensure_one()
        zone = ZoneInfo(TIME_ZONES.get(self.state_id.code or "", "America/Sao_Paulo"))
        return tuple(
            datetime.combine(day, time.min, zone)
            .astimezone(timezone.utc)
            .replace(tzinfo=None)
            for day in (first, last + timedelta(days=1))
        )
