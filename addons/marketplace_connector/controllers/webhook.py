"""The route that channels call: store the hint, answer, nothing else."""

import logging

from werkzeug.exceptions import NotFound

from odoo import SUPERUSER_ID, http
from odoo.http import request

from odoo.addons.industry_b2c_sales.timing import utc_now

from ..const import BODY_LIMIT
from ..domain.contract import Ack, ChannelError, EventAuth, RawRequest

_logger = logging.getLogger(__name__)


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
        account = self._account(env, channel, hook_key)
        raw = self._raw()
        adapter = account._adapter()
        verdict = adapter.check_event(raw)
        if verdict == EventAuth.INVALID:
            _logger.warning("Notification for account %s refused", account.id)
        else:
            self._store(env, account, adapter, raw, verdict)
        return self._answer(adapter.ack(verdict))

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

    def _store(self, env, account, adapter, raw, verdict):
        try:
            events = adapter.parse_events(raw)
        except ChannelError as error:
            # The poll finds what this notification wanted to say.
            _logger.warning("Notification for account %s: %s", account.id, error)
            return
        ours = [event for event in events if event.account_ref == account.external_ref]
        text = raw.body.decode("utf-8", "replace").replace("\0", "")
        if env["marketplace.inbox"]._insert(account, ours, auth=verdict, body=text):
            env["marketplace.inbox"]._cron_drain()

    def _answer(self, ack: Ack):
        return request.make_response(
            ack.body, headers=list(ack.headers), status=ack.status
        )
