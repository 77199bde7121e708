"""The guided connection of an account: what is done, what comes next."""

from odoo import api, fields, models


class MarketplaceAccount(models.Model):
    """Keys of the application → address of notifications → consent → first import."""

    _inherit = "marketplace.account"

    hook_registered = fields.Boolean(
        "Address Registered",
        copy=False,
        readonly=True,
        help="Set by hand, or by the first notification that arrives.",
    )
    return_url = fields.Char(
        "Return Address",
        compute="_compute_return_url",
        groups="marketplace_connector.marketplace_connector_group_manager",
        help="Where the channel sends the owner of the shop back after the consent.",
    )
    has_keys = fields.Boolean(compute="_compute_has_keys", compute_sudo=True)
    connect_step = fields.Selection(
        [
            ("keys", "1. Application"),
            ("address", "2. Notifications"),
            ("consent", "3. Consent"),
            ("import", "4. First Import"),
            ("done", "Connected"),
        ],
        compute="_compute_connect_step",
        string="Connection",
    )

    @api.depends("channel", "public_url")
    def _compute_return_url(self):
        for account in self:
            account.return_url = account.channel and account._redirect_uri()

    @api.depends("client_id", "client_secret")
    def _compute_has_keys(self):
        for account in self:
            account.has_keys = bool(account.client_id and account.client_secret)

    @api.depends("has_keys", "hook_registered", "state", "last_sync")
    def _compute_connect_step(self):
        for account in self:
            account.connect_step = account._next_step()

    def _next_step(self):
        connected = self.state in ("active", "paused")
        if not (self.has_keys or connected):
            return "keys"
        if not (self.hook_registered or connected):
            return "address"
        if not connected:
            return "consent"
        return "done" if self.last_sync else "import"

    def action_hook_registered(self):
        """A person says that the address stands in the application on the channel."""
        self.hook_registered = True

    def _keep_hints(self, events, verdict, raw):
        if events and not self.hook_registered:
            self.hook_registered = True
        return super()._keep_hints(events, verdict, raw)
