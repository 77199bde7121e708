from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.marketplace_connector.domain.contract import ChannelError


class MarketplaceAmazonToken(models.TransientModel):
    """The way to connect for a seller who wrote the application for himself.

    Seller Central gives him the refresh token right away (*Authorize app*), without a
    consent page. A secret, so it is the system administrator who enters it.
    """

    _name = "marketplace.amazon.token"
    _description = "Amazon Refresh Token"

    account_id = fields.Many2one(
        "marketplace.account",
        required=True,
        readonly=True,
        ondelete="cascade",
        domain=[("channel", "=", "amazon")],
    )
    seller_id = fields.Char(
        "Seller ID",
        required=True,
        help="In Seller Central: Settings, Account Info, Merchant Token.",
    )
    refresh_token = fields.Char(groups="base.group_system", copy=False)

    def action_connect(self):
        """Get an access token with it and go to work.

        :raise UserError: Amazon does not take the token
        """
        self.ensure_one()
        self.account_id.check_access("write")
        given = (self.refresh_token or "").strip()
        # It is kept with the account's tokens, out of sight; not here.
        self.refresh_token = False
        try:
            self.account_id._exchange_code(
                refresh_token=given, selling_partner_id=self.seller_id.strip()
            )
        except ChannelError as error:
            raise UserError(
                self.env._("Amazon does not accept this: %(answer)s", answer=error)
            ) from error
        return {"type": "ir.actions.act_window_close"}
