"""Connecting an account: the owner of the shop grants access (OAuth code)."""

import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq

from ..domain.contract import AuthDead

STATE_LIFE = timedelta(minutes=30)


class MarketplaceAccount(models.Model):
    _inherit = "marketplace.account"

    oauth_nonce = fields.Char(groups="base.group_system", copy=False)
    oauth_verifier = fields.Char(groups="base.group_system", copy=False)
    oauth_until = fields.Datetime(groups="base.group_system", copy=False)

    def action_connect(self):
        """Send the person to the channel, where the shop's owner grants access."""
        self.ensure_one()
        self.check_access("write")
        # sudo: the application's secrets and the nonce are the system's.
        account = self.sudo()
        if not (account.client_id and account.client_secret):
            raise UserError(
                self.env._(
                    "The application ID and secret are missing: ask the system "
                    "administrator to fill them in."
                )
            )
        account.write(
            {
                "oauth_nonce": secrets.token_urlsafe(24),
                "oauth_verifier": secrets.token_urlsafe(64),
                "oauth_until": fields.Datetime.now() + STATE_LIFE,
            }
        )
        url = account._adapter().authorize_url(
            f"{account.id}.{account.oauth_nonce}",
            account._redirect_uri(),
            account.oauth_verifier,
        )
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _redirect_uri(self) -> str:
        """Must be registered in the application, byte for byte: no variable parts."""
        return f"{self.get_base_url()}/marketplace/oauth/{self.channel}"

    @api.model
    def _from_oauth_state(self, channel, state):
        """The account that *Connect* was pressed on; empty when the state is not ours.

        The user must be allowed to change the account.
        """
        number, _dot, nonce = state.partition(".")
        if not (number.isdigit() and nonce):
            return self.browse()
        account = self.search([("id", "=", int(number)), ("channel", "=", channel)])
        if not account:
            return account
        account.check_access("write")
        # sudo: the nonce is the system's.
        secret = account.sudo()
        if (
            not secret.oauth_nonce
            or not consteq(secret.oauth_nonce, nonce)
            or secret.oauth_until < fields.Datetime.now()
        ):
            return self.browse()
        return account

    def _exchange_code(self, code="", **params):
        """Turn the code of the call-back into tokens and go to work.

        :param params: whatever else the channel put into the query (``error``, …)
        :raise AuthDead: denied, or the code is used up or expired
        :raise UserError: the person granted access to another shop
        """
        self.ensure_one()
        # sudo: tokens and secrets are the system's.
        account = self.sudo()
        token = account._adapter().exchange_code(
            {"code": code, **params}, account._redirect_uri(), account.oauth_verifier
        )
        account.write({"oauth_nonce": False, "oauth_verifier": False})
        if account.external_ref and token.account_ref not in (
            None,
            account.external_ref,
        ):
            raise UserError(
                self.env._(
                    "Access was granted for seller %(given)s, but this account is "
                    "seller %(wanted)s. Log in to the right shop and connect again.",
                    given=token.account_ref,
                    wanted=account.external_ref,
                )
            )
        if not (account.external_ref or token.account_ref):
            raise AuthDead("the channel did not name the seller", code="no_seller")
        account.external_ref = account.external_ref or token.account_ref
        account.env["marketplace.token"]._store(account, token)
        account._activate()
