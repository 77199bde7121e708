"""The route that channels call: store the hint, answer, nothing else."""

import logging
import re

from werkzeug.exceptions import NotFound

from odoo import SUPERUSER_ID, http
from odoo.http import request

from odoo.addons.industry_b2c_sales.timing import utc_now

from ..const import BODY_LIMIT
from ..domain.contract import Ack, RawRequest

_SECRET = re.compile(
    r"(/marketplace/[\w.-]+/)[\w-]{16,}|(/marketplace/oauth/[\w.-]+\?)[^\s\"]+"
)


class HideSecrets(logging.Filter):
    """The key in the address is the secret of the route, and the query of the call-back
    holds the code that is good for tokens: neither is for the server's log."""

    def filter(self, record):
        """Never drops a record, only what is secret in it."""
        text = record.getMessage()
        if _SECRET.search(text):
            record.msg, record.args = _SECRET.sub(r"\1\2***", text), ()
        return True


# Whoever logs the lines of requests, with workers or without.
logging.getLogger("werkzeug").addFilter(HideSecrets())


class MarketplaceWebhook(http.Controller):
    @http.route(
        "/marketplace/<string:channel>/<string:hook_key>",
        type="http",
        auth="none",
        methods=["POST"],
        csrf=False,
        save_session=False,
        # auth="none" is read-only by default: with a replica the insert would be tried
        # there first and replayed.
        readonly=False,
        # Werkzeug stops reading there, also when no length was announced.
        max_content_length=BODY_LIMIT,
    )
    def notify(self, channel, hook_key, **_kw):
        """A channel says that something changed.

        The unguessable key is what authorises; a signature, where the channel has one,
        is checked by the adapter. The answer is the one the channel wants to see.
        """
        env = request.env(user=SUPERUSER_ID, su=True)
        return self._answer(self._account(env, channel, hook_key)._hear(self._raw()))

    def _account(self, env, channel, hook_key):
        account = env["marketplace.account"].search(
            [("channel", "=", channel), ("hook_key", "=", hook_key)], limit=1
        )
        if not account:
            raise NotFound()
        return account

    def _raw(self):
        httprequest = request.httprequest
        return RawRequest(
            method=httprequest.method,
            url=httprequest.url,
            headers={name.lower(): value for name, value in httprequest.headers},
            body=httprequest.get_data(),
            received_at=utc_now(),
        )

    def _answer(self, ack: Ack):
        return request.make_response(
            ack.body, headers=list(ack.headers), status=ack.status
        )
