"""The limits of a channel, as data."""

from odoo import api, fields, models

from ..domain.limits import NOTIFIED, OTHERS


class MarketplaceRateLimit(models.Model):
    """How many calls of one operation an account may make.

    The addon of a channel gives what the channel documents
    (``marketplace.account._rate_limits``); from the first connection on these rows are
    what counts, so that a limit which the channel changes can be changed here.
    """

    _name = "marketplace.rate.limit"
    _description = "Limit of Calls"
    _order = "channel, operation"
    _rec_name = "operation"

    channel = fields.Selection(selection="_selection_channel", required=True)
    operation = fields.Char(
        required=True,
        help="Method and path of the call, as in the list of calls. "
        f"{OTHERS}: all others together. {NOTIFIED}: readings that unsigned "
        "notifications may cause.",
    )
    rate = fields.Float(
        "Calls per Second", digits=(12, 4), required=True, aggregator=False
    )
    burst = fields.Float("Calls at Once", required=True, aggregator=False)

    _operation_uniq = models.Constraint(
        "UNIQUE(channel, operation)", "This operation has a limit already."
    )
    _positive = models.Constraint(
        "CHECK(rate > 0 AND burst >= 1)",
        "A limit lets through at least one call, and then more as time goes by.",
    )

    @api.model
    def _selection_channel(self):
        channel = self.env["marketplace.account"]._fields["channel"]
        return channel._description_selection(self.env)

    @api.model
    def _add_defaults(self, channel, rates):
        """Rows for the limits that the channel's addon knows and nobody has set.

        :param rates: {operation: (calls per second, calls at once)}
        """
        known = set(self.search([("channel", "=", channel)]).mapped("operation"))
        self.create(
            [
                {"channel": channel, "operation": name, "rate": rate, "burst": burst}
                for name, (rate, burst) in rates.items()
                if name not in known
            ]
        )
