from odoo import api, models

FISCAL = ("l10n_br_fiscal.document", "l10n_br_fiscal.document.line")
DECORATORS = ("account.move", "account.move.line")

_FROM_DECORATOR = object()
"""Value of a context key that no client can send."""


class IrRule(models.Model):
    """A context does not open the fiscal documents of other companies.

    l10n_br_account lifts the rules of fiscal documents when ``allow_fiscal_access``
    stands in the context, and any client may put it there. It needs that for two
    things, which stay possible:

    * the rules of an invoice must not ask for its document, which is optional: known
      by a value that only the server can put into a context;
    * creating an invoice touches documents of a company that is not among the active
      ones: the flag reaches all companies of the user, and none beyond.
    """

    _inherit = "ir.rule"

    def _compute_domain_keys(self):
        return super()._compute_domain_keys() + ["nfe_from_decorator"]

    @api.model
    def _compute_domain(self, model_name, mode="read"):
        context = self.env.context
        inside = context.get("nfe_from_decorator") is _FROM_DECORATOR
        if model_name in DECORATORS:
            self = self.with_context(nfe_from_decorator=_FROM_DECORATOR)
        elif not inside:
            self = self.with_context(nfe_from_decorator=None)
            if model_name in FISCAL and context.get("allow_fiscal_access"):
                self = self.with_context(
                    allow_fiscal_access=None,
                    allowed_company_ids=self.env.user.company_ids.ids,
                )
        return super()._compute_domain(model_name, mode)
