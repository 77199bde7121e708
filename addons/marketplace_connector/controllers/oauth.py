"""Where a channel sends the shop's owner back to after granting access."""

from werkzeug.exceptions import BadRequest

from odoo import http
from odoo.http import request

from ..domain.contract import ChannelError


class MarketplaceOauth(http.Controller):
    @http.route(
        "/marketplace/oauth/<string:channel>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=False,
    )
    def callback(self, channel, state="", **params):
        """Finish the connection of an account.

        ``state`` names the account and carries the nonce that *Connect* has drawn, so
        that nobody can slip an authorisation of his own shop under our account.
        """
        account = request.env["marketplace.account"]._from_oauth_state(channel, state)
        if not account:
            raise BadRequest(request.env._("The link is not valid any more."))
        try:
            account._exchange_code(**params)
        except ChannelError as error:
            account._log_problem(error)
        return request.redirect(f"/odoo/action-{self._action_id()}/{account.id}")

    def _action_id(self):
        return "marketplace_connector.marketplace_account_action"
