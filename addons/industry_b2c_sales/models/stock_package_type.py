from odoo import fields, models
from odoo.exceptions import UserError

from ..const import CLOSED_SELECTION
from ..domain.gtin import sscc


class StockPackageType(models.Model):
    _inherit = "stock.package.type"

    b2c_size = fields.Selection(
        CLOSED_SELECTION,
        string="Closed Size",
        help="Packages of this type are closed: consumer orders do not take single "
        "units out of them. They are numbered with an SSCC when the company has a GS1 "
        "prefix.",
    )

    def _get_next_name_by_sequence(self):
        """The SSCC of a new closed package, if the company may issue them."""
        company = self.company_id or self.env.company
        if len(self) == 1 and self.b2c_size and company.b2c_gs1_prefix:
            return self._b2c_next_sscc(company)
        return super()._get_next_name_by_sequence()

    def _b2c_next_sscc(self, company) -> str:
        """:raises UserError: the numbers of the prefix are used up"""
        serial = int(self.env["ir.sequence"].next_by_code("b2c.sscc"))
        try:
            return sscc(company.b2c_gs1_prefix, serial)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "No SSCC is left for the GS1 prefix %(prefix)s.",
                    prefix=company.b2c_gs1_prefix,
                )
            ) from error
