import logging

import psycopg2

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from odoo.addons.queue_job.exception import RetryableJobError

from ..domain.payload import load
from ..domain.redact import redact
from .b2c_product_code import line_code

_logger = logging.getLogger(__name__)

CHUNK = 50


class B2cIssue(models.Model):
    """What the screen of a quarantined order offers beside trying again."""

    _inherit = "b2c.issue"

    pack_ref = fields.Char(
        string="Cart",
        readonly=True,
        index="btree_not_null",
        help="Channel account and cart that the order belongs to.",
    )

    def _quarantined_order(self):
        """The order that this issue keeps, as the channel told it."""
        self.ensure_one()
        self.check_access("read")
        # sudo: the payload holds personal data; callers show codes of goods only.
        payload = self.sudo().payload
        if self.state != "open" or not payload or self.order_id:
            raise UserError(self.env._("This issue keeps no order."))
        return load(payload)

    def _unknown_codes(self) -> dict:
        """The kept order's lines (``IntakeLine``) that have no product, by code."""
        order = self._quarantined_order()
        orders = self.env["sale.order"].with_company(self.company_id)
        found = orders._b2c_find_products(order)
        missing = [line for line in order.lines if line.key not in found]
        return {line_code(line): line for line in missing if line_code(line)}

    def action_choose_products(self):
        """Open the dialog that gives each unknown code its product."""
        wizard = self.env["b2c.product.code.wizard"]._prepare(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Choose Products"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_take_in_anyway(self):
        """A person says that a suspected duplicate is a sale of its own."""
        for issue in self:
            issue._quarantined_order()
            if issue.code != "duplicate_suspected":
                raise UserError(self.env._("This issue is about something else."))
            # sudo: the payload holds personal data, no screen shows it.
            issue._replay("_b2c_replay_as_another", issue.sudo().payload)

    def action_view_pack(self):
        """The orders of the cart that were taken in."""
        self.ensure_one()
        source, _slash, pack = self.pack_ref.rpartition("/")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "industry_b2c_sales.sale_order_action"
        )
        domain = [
            ("company_id", "=", self.company_id.id),
            ("b2c_source", "=", source),
            ("b2c_pack_id", "=", pack),
        ]
        return action | {"domain": domain, "context": {}}

    def _queue_replay(self):
        """Try many issues again in jobs."""
        for ids in split_every(CHUNK, self.ids):
            key = ",".join(map(str, ids))
            chunk = self.browse(ids)
            chunk.with_delay(identity_key=f"b2c_issue_replay/{key}")._replay_chunk()

    def _replay_chunk(self):
        """Job: try each issue again; one that fails stays open and stops no other."""
        for issue in self.exists().filtered("can_replay"):
            try:
                with self.env.cr.savepoint():
                    issue.action_replay()
            except (psycopg2.OperationalError, RetryableJobError):
                raise
            except UserError as error:
                _logger.info("Issue %s stays open: %s", issue.id, type(error).__name__)
            except Exception as error:
                issue._note_failed_replay(error)

    def _note_failed_replay(self, error: Exception):
        """Tell who looks at the issue what broke when it was tried again."""
        self.ensure_one()
        text = redact(f"{type(error).__name__}: {error}")
        _logger.warning("Issue %s cannot be tried again: %s", self.id, text)
        lang = self.company_id._b2c_lang()
        # sudo: issues are read-only for users, this is the machinery's word.
        self.sudo().write(
            {
                "suggestion": self.with_context(lang=lang).env._(
                    "Trying again broke off: %(error)s. Have the channel send the "
                    "order anew, or enter it by hand and press Solved.",
                    error=text,
                ),
                "count": self.count + 1,
                "last_seen": fields.Datetime.now(),
            }
        )
