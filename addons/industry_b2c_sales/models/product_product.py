from decimal import Decimal

from odoo import models

from odoo.addons.l10n_br_fiscal.constants.fiscal import TAX_FRAMEWORK_NORMAL

from ..domain.intake import Problem


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _b2c_readiness(self, company) -> list[Problem]:
        """What a product lacks before it may stand on a consumer's NF-e."""
        problems = []
        for product in self.with_company(company):
            params = {"product": product.default_code or product.name}
            if not product.ncm_id:
                problems.append(Problem("ncm_missing", params))
            if not product.fiscal_type:
                problems.append(Problem("fiscal_type_missing", params))
        return problems

    def _b2c_ipi_percent(self, company) -> Decimal:
        """The IPI rate that the tax engine will most likely find: the NCM's (TIPI)."""
        self.ensure_one()
        if company.tax_framework != TAX_FRAMEWORK_NORMAL or not company.ripi:
            return Decimal(0)
        return Decimal(str(self.ncm_id.tax_ipi_id.percent_amount))
