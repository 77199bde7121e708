"""What we asked a channel and what it answered, without secrets and bodies."""

import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.industry_b2c_sales.domain.redact import redact
from odoo.addons.industry_b2c_sales.timing import whole_seconds

from ..const import KEEP_CALLS

_logger = logging.getLogger(__name__)


class MarketplaceCallLog(models.Model):
    """One HTTP call to a channel. Written in a transaction of its own, so that a job
    that is rolled back leaves its traces; kept for two weeks."""

    _name = "marketplace.call.log"
    _description = "Marketplace Call"
    _order = "id desc"
    _log_access = False

    account_id = fields.Many2one(
        "marketplace.account", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, ondelete="cascade", index=True
    )
    at = fields.Datetime(required=True, index=True)
    method = fields.Char(required=True)
    template = fields.Char("Path", required=True)
    ref = fields.Char("Reference", index="btree_not_null")
    status = fields.Integer(help="HTTP status; 0 = no answer.")
    ms = fields.Integer("Milliseconds")
    error = fields.Char()
    code = fields.Char("Error Code")
    job_uuid = fields.Char(
        "Job",
        index="btree_not_null",
        help="Calls with the same one were made together, by one job of the queue.",
    )

    @api.autovacuum
    def _gc(self):
        """Forget what is older than two weeks."""
        limit = fields.Datetime.now() - timedelta(days=KEEP_CALLS.days)
        self.search([("at", "<", limit)], limit=100_000).unlink()


class CallLogger:
    """``HttpOptions.on_call`` of one account; must not raise."""

    def __init__(self, account):
        self._account_id = account.id
        self._company_id = account.company_id.id
        self._job_uuid = account.env.context.get("job_uuid")
        self._registry = account.env.registry

    def __call__(self, record):
        try:
            values = self._values(record)
            with self._registry.cursor() as cr:
                # Twenty calls per order: no environment, no recomputation, no wait for
                # the disk. A crash of the server may cost the last lines.
                cr.execute("SET LOCAL synchronous_commit TO OFF")
                cr.execute(
                    SQL(
                        "INSERT INTO marketplace_call_log (%s) VALUES %s",
                        SQL(", ").join(map(SQL.identifier, values)),
                        tuple(values.values()),
                    )
                )
        except Exception:
            _logger.exception("The call log could not be written")

    def _values(self, record):
        return {
            "account_id": self._account_id,
            "company_id": self._company_id,
            "at": whole_seconds(record.at),
            "method": record.method,
            "template": record.template,
            "ref": redact(record.ref),
            "status": record.status,
            "ms": record.ms,
            "error": record.error,
            "code": redact(record.code),
            "job_uuid": self._job_uuid,
        }
