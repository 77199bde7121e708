from odoo import fields, models

DIFAL, FCP = "difal", "fcp"
SIGNS = {"out_invoice": 1, "out_refund": -1}
FIELDS = {DIFAL: "nfe_difal_account_id", FCP: "nfe_fcp_account_id"}


class ResCompany(models.Model):
    _inherit = "res.company"

    nfe_difal_expense_account_id = fields.Many2one(
        "account.account",
        "Taxes of the Destination on Sales",
        check_company=True,
        help="Debited with the DIFAL and the FCP that the sender owes to the state of "
        "the consumer. Without it, and without the account payable, an invoice posts "
        "nothing of the tax.",
    )
    nfe_difal_account_id = fields.Many2one(
        "account.account",
        "DIFAL Payable",
        check_company=True,
        help="Credited with vICMSUFDest until it is paid (GNRE, or the assessment).",
    )
    nfe_fcp_account_id = fields.Many2one(
        "account.account",
        "FCP of the Destination Payable",
        check_company=True,
        help="Credited with vFCPUFDest. Leave it empty when the tax of the chart of "
        "accounts (ICMS FCP) has an account of its own.",
    )

    def _nfe_destination_account(self, tax):
        """Account payable of DIFAL or FCP, none unless both sides are set."""
        payable = self[FIELDS[tax]]
        return payable if self.nfe_difal_expense_account_id else payable.browse()


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    nfe_destination_tax = fields.Selection(
        [(DIFAL, "DIFAL"), (FCP, "FCP of the destination")],
        "Tax of the Destination",
        readonly=True,
        index="btree_not_null",
    )


class AccountMove(models.Model):
    """What is owed to the consumer's state stands in the ledger with the invoice.

    DIFAL is no part of the price and no tax of the invoice's lines: it is a cost of
    the seller. A pair of items, like core's cost of goods sold, is added when the
    invoice is posted and goes when it is a draft again. Total and receivable stay;
    both items have the same amount, so there is nothing to balance.
    """

    _inherit = "account.move"

    def _post(self, soft=True):
        self._nfe_unlink_destination_taxes()
        values = [vals for move in self for vals in move._nfe_destination_vals()]
        if values:
            quiet = self.env["account.move.line"].with_context(skip_invoice_sync=True)
            quiet.create(values)
        return super()._post(soft=soft)

    def button_draft(self):
        result = super().button_draft()
        self._nfe_unlink_destination_taxes()
        return result

    def copy_data(self, default=None):
        result = super().copy_data(default=default)
        for values in filter(lambda values: "line_ids" in values, result):
            values["line_ids"] = [
                command
                for command in values["line_ids"]
                if not (command[2] or {}).get("nfe_destination_tax")
            ]
        return result

    def _nfe_unlink_destination_taxes(self):
        self.line_ids.filtered("nfe_destination_tax").exists().unlink()

    def _nfe_destination_vals(self):
        """Values of the items for DIFAL and FCP of one invoice or credit note.

        The amounts are those of the note's groups ICMSUFDest.

        :return: list of dict
        """
        self.ensure_one()
        sign = SIGNS.get(self.move_type)
        if not sign or not self.document_type_id:
            return []
        groups = [line._nfe_icms_uf_dest_data() for line in self.fiscal_line_ids]
        groups = [group for group in groups if group]
        amounts = {DIFAL: sum(group.value for group in groups)}
        if not self._nfe_chart_posts_fcp():
            amounts[FCP] = sum(group.fcp_value for group in groups)
        return [
            vals
            for tax, amount in amounts.items()
            if amount and self.company_id._nfe_destination_account(tax)
            for vals in self._nfe_destination_pair(tax, sign * float(amount))
        ]

    def _nfe_chart_posts_fcp(self):
        """Has the FCP among the invoice's taxes an account of its own?"""
        return any(
            line.tax_repartition_line_id.account_id
            and line.tax_group_id.fiscal_tax_group_id.tax_domain == "icmsfcp"
            for line in self.line_ids
        )

    def _nfe_destination_pair(self, tax, amount):
        company = self.company_id
        names = {
            DIFAL: self.env._(
                "DIFAL to %(state)s", state=self.partner_id.state_id.code
            ),
            FCP: self.env._("FCP to %(state)s", state=self.partner_id.state_id.code),
        }
        common = {
            "move_id": self.id,
            "partner_id": self.commercial_partner_id.id,
            "name": names[tax],
            "nfe_destination_tax": tax,
            # Core's type for items of an invoice that are not part of its amounts.
            "display_type": "cogs",
            "tax_ids": [],
        }
        expense = company.nfe_difal_expense_account_id
        payable = company._nfe_destination_account(tax)
        return [
            {**common, "account_id": expense.id, "balance": amount},
            {**common, "account_id": payable.id, "balance": -amount},
        ]
