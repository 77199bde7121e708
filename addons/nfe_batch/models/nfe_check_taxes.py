from odoo import fields, models
from odoo.tools import groupby

FCP_LIMIT = 2.0
"""Percent. ADCT, art. 82, § 1º: up to two points, on what is superfluous."""


class ResCompany(models.Model):
    """What an accountant should look at before the first note goes to a consumer.

    Nothing of the fiscal layer's table is changed here: it is shipped as a template,
    and what of it is doubtful is told.
    """

    _inherit = "res.company"

    def _nfe_check_taxes(self):
        """Doubts about the taxes of sales to consumers.

        :return: list of (code, sentence in the company's language)
        """
        self.ensure_one()
        company = self._nfe_lang()
        return [
            *company._nfe_check_difal_accounts(),
            *company._nfe_check_difal_rules(),
            *company._nfe_check_fcp(),
            *company._nfe_check_ambiguous_icms(),
        ]

    def _nfe_check_difal_accounts(self):
        accounts = (
            self.nfe_difal_expense_account_id,
            self.nfe_difal_account_id,
            self.nfe_fcp_account_id,
        )
        if all(accounts):
            return
        yield (
            "difal_accounts",
            self.env._(
                "The accounts for DIFAL and FCP are not all set: what is owed to the "
                "states of the consumers is missing in the ledger."
            ),
        )

    def _nfe_check_difal_rules(self):
        rules = self.env["nfe.difal.rule"].search(
            [("date_from", "<=", fields.Date.context_today(self))]
        )
        brazil = self.env.ref("base.br")
        missing = brazil.state_ids - rules.state_id
        if missing:
            yield (
                "difal_rules",
                self.env._(
                    "No DIFAL rule for %(states)s: the single base is used.",
                    states=", ".join(missing.mapped("code")),
                ),
            )

    def _nfe_general_definitions(self, group):
        """Approved rules of the company's regulation that name no article."""
        definitions = self.env["l10n_br_fiscal.tax.definition"].search(
            [
                ("icms_regulation_id", "=", self.icms_regulation_id.id),
                ("state", "=", "approved"),
                ("tax_group_id", "=", self.env.ref(group).id),
                ("ncm_ids", "=", False),
                ("nbm_ids", "=", False),
                ("cest_ids", "=", False),
                ("product_ids", "=", False),
            ]
        )
        return definitions.filtered(lambda rule: not rule.is_benefit)

    def _nfe_check_fcp(self):
        general = self._nfe_general_definitions("l10n_br_fiscal.tax_group_icmsfcp")
        rates = sorted(
            {
                (state.code, rule.tax_id.percent_amount)
                for rule in general
                for state in rule.state_to_ids
                if rule.tax_id.percent_amount and state != self.state_id
            }
        )
        listed = ", ".join(f"{state} {rate:g} %" for state, rate in rates)
        if rates:
            yield (
                "fcp_general",
                self.env._(
                    "The FCP is charged on every article: %(states)s. The "
                    "law knows it for certain goods; the accountant should approve it.",
                    states=listed,
                ),
            )
        high = sorted({state for state, rate in rates if rate > FCP_LIMIT})
        if high:
            yield (
                "fcp_high",
                self.env._(
                    "The FCP of %(states)s is above 2 %%: the internal rate may "
                    "hold a part of it already.",
                    states=", ".join(high),
                ),
            )

    def _nfe_check_ambiguous_icms(self):
        """Several general rules between the same states: chance picks one."""
        general = self._nfe_general_definitions("l10n_br_fiscal.tax_group_icms")
        ways = sorted(
            (rule.state_from_id.code or "", state.code, rule.ind_final or "", rule.id)
            for rule in general
            for state in rule.state_to_ids
            if rule.state_from_id == self.partner_id.state_id
        )
        for (origin, target, _final), rows in groupby(ways, lambda row: row[:3]):
            names = general.browse(row[-1] for row in rows).tax_id.mapped("name")
            if len(names) > 1:
                yield (
                    "icms_ambiguous",
                    self.env._(
                        "From %(origin)s to %(target)s several general ICMS rules are "
                        "approved: %(taxes)s. Leave one.",
                        origin=origin,
                        target=target,
                        taxes=", ".join(names),
                    ),
                )
