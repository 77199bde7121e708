from odoo import fields, models
from odoo.exceptions import UserError

from ..const import CHANNEL, RATES
from ..domain.adapter import AmazonAdapter
from ..domain.errors import CHECKSUM


class MarketplaceAccount(models.Model):
    _inherit = "marketplace.account"

    channel = fields.Selection(
        selection_add=[(CHANNEL, "Amazon")], ondelete={CHANNEL: "cascade"}
    )
    amazon_application_id = fields.Char(
        groups="marketplace_connector.marketplace_connector_group_manager",
        copy=False,
        help="Number of the application in Seller Central: amzn1.sp.solution.…",
    )
    amazon_draft = fields.Boolean(
        "Draft Application",
        groups="marketplace_connector.marketplace_connector_group_manager",
        default=True,
        help="The application is not published in Amazon's Appstore.",
    )

    def action_connect(self):
        for account in self:
            if account.channel == CHANNEL and not account.amazon_application_id:
                raise UserError(
                    self.env._(
                        "The number of the Amazon application is missing: it stands "
                        "beside the application in Seller Central and begins with "
                        "amzn1.sp.solution."
                    )
                )
        return super().action_connect()

    def _adapter_class(self):
        self.ensure_one()
        if self.channel == CHANNEL:
            return AmazonAdapter
        return super()._adapter_class()

    def _adapter_params(self):
        params = super()._adapter_params()
        if self.channel != CHANNEL:
            return params
        params["application_id"] = self.amazon_application_id or ""
        params["draft"] = self.amazon_draft
        return params

    def _rate_limits(self):
        limits = super()._rate_limits()
        return {**limits, **RATES} if self.channel == CHANNEL else limits

    def _invoice_problem(self, code, detail):
        if self.channel != CHANNEL:
            return super()._invoice_problem(code, detail)
        env = self.env
        # Amazon documents no codes: its own words (English) tell what was wrong.
        known = {
            "EntityNotFound": env._("Amazon does not know this order."),
            "InvalidInput": env._("Amazon refused the NF-e: %(detail)s", detail=detail),
            "InvalidInvoice": env._(
                "Amazon checked the NF-e and did not accept it: %(detail)s",
                detail=detail,
            ),
            "Errored": env._("Amazon checked the NF-e and did not accept it."),
            "Rejected": env._("Amazon checked the NF-e and did not accept it."),
            "Unauthorized": env._(
                "The application may not send NF-e to Amazon: ask for the role Tax "
                "Invoicing in Seller Central, then connect the account again."
            ),
            CHECKSUM: env._("Amazon refused the checksum of the NF-e: %s", detail),
            "xml_too_large": env._("The XML is larger than Amazon takes (1 MB)."),
        }
        return known.get(code, "")
