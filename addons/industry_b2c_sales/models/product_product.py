from odoo import models

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
