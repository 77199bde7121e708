"""What the tax engine found once, for all the orders of one call.

A thousand consumers buy a dozen products in a few states: the engine searches the same
operation line, tax definitions and accounts again for each line, a third of the time of
an order. The memo lives in the context of one call of ours, so it never outlives a
change of the tables by more than that call.
"""

from odoo import models
from odoo.models import BaseModel

MEMO = "b2c_tax_memo"
# All of a partner that the engine looks at. Cities matter to services only.
PARTNER_TRAITS = (
    "country_id",
    "state_id",
    "ind_ie_dest",
    "fiscal_profile_id",
    "tax_framework",
    "is_company",
)


def tax_memo() -> dict:
    """Context values that switch the memo on for what is called with them."""
    return {MEMO: {}}


def _trait(value):
    """What of an argument of the engine decides its answer; hashable."""
    if not isinstance(value, BaseModel):
        return value
    if value._name == "res.partner":
        return tuple(
            value[name].id if value._fields[name].relational else value[name]
            for name in PARTNER_TRAITS
        )
    return value._name, value._ids


def _remembered(record, find, *args, **kwargs):
    """``find(*args, **kwargs)``, or what it found before for the same arguments."""
    memo = record.env.context.get(MEMO)
    if memo is None or any(_is_service(arg) for arg in (*args, *kwargs.values())):
        return find(*args, **kwargs)
    env = record.env
    key = (
        (record._name, find.__name__, record._ids),
        (env.uid, env.su, env.company.id),
        tuple(map(_trait, args)),
        tuple(sorted((name, _trait(value)) for name, value in kwargs.items())),
    )
    if key not in memo:
        memo[key] = find(*args, **kwargs)
    return memo[key]


def _is_service(value) -> bool:
    if not isinstance(value, BaseModel) or value._name != "product.product":
        return False
    return value.type == "service"


class FiscalOperation(models.Model):
    _inherit = "l10n_br_fiscal.operation"

    def line_definition(self, *args, **kwargs):
        return _remembered(self, super().line_definition, *args, **kwargs)


class FiscalOperationLine(models.Model):
    _inherit = "l10n_br_fiscal.operation.line"

    def map_fiscal_taxes(self, *args, **kwargs):
        found = _remembered(self, super().map_fiscal_taxes, *args, **kwargs)
        # The caller may change its copy.
        return found | {"taxes": dict(found["taxes"])}


class DocumentType(models.Model):
    _inherit = "l10n_br_fiscal.document.type"

    def get_document_serie(self, *args, **kwargs):
        return _remembered(self, super().get_document_serie, *args, **kwargs)


class IcmsRegulation(models.Model):
    _inherit = "l10n_br_fiscal.icms.regulation"

    def map_tax_def_icms_difal(self, *args, **kwargs):
        return _remembered(self, super().map_tax_def_icms_difal, *args, **kwargs)


class TaxClassification(models.Model):
    _inherit = "l10n_br_fiscal.tax.classification"

    def _get_cst(self, *args, **kwargs):
        return _remembered(self, super()._get_cst, *args, **kwargs)


class FiscalTax(models.Model):
    _inherit = "l10n_br_fiscal.tax"

    def _account_taxes(self, *args, **kwargs):
        return _remembered(self, super()._account_taxes, *args, **kwargs)


class Partner(models.Model):
    _inherit = "res.partner"

    def _default_fiscal_profile_id(self, *args, **kwargs):
        return _remembered(self, super()._default_fiscal_profile_id, *args, **kwargs)


class Users(models.Model):
    _inherit = "res.users"

    def _get_default_warehouse_id(self):
        return _remembered(self, super()._get_default_warehouse_id)


class AnalyticDistributionModel(models.Model):
    _inherit = "account.analytic.distribution.model"

    def _get_applicable_models(self, vals):
        """Asked for each line, of orders and of entries: most companies have none."""
        if MEMO in self.env.context and not _remembered(self, self._b2c_count):
            return self.browse()
        return super()._get_applicable_models(vals)

    def _b2c_count(self) -> int:
        return self.search_count([], limit=1)
