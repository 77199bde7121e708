import logging

import psycopg2

from odoo import api, models

from odoo.addons.queue_job.exception import RetryableJobError

from ..domain.intake import IntakeOrder, IntakeResult, Problem, check, redact
from ..domain.payload import dump, load

_logger = logging.getLogger(__name__)

# No chatter, no followers: a thousand orders an afternoon are not a conversation.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _b2c_intake(self, orders: list[IntakeOrder]) -> list[IntakeResult]:
        """Take in orders of the current company, each one in a savepoint of its own.

        Idempotent by (source, external id): a known order gets the new facts only. An
        order with problems becomes a ``b2c.issue`` that keeps its payload; an order
        whose products are incomplete is created and held in draft.

        :returns: one result per order, in the same order
        :raises RetryableJobError: another transaction takes in the same order
        """
        quiet = self.with_context(**QUIET, b2c_taking_in=True)
        results = [quiet._b2c_take_in(order) for order in orders]
        created = [item.order_id for item in results if item.outcome == "created"]
        self.browse(created)._b2c_queue_advance()
        return results

    def _b2c_take_in(self, order: IntakeOrder) -> IntakeResult:
        existing = self._b2c_existing(order)
        if existing:
            # A known order that became ready goes on its way like any other.
            existing.with_context(b2c_taking_in=False)._b2c_log_facts(order.facts)
            return IntakeResult(order.external_id, "duplicate", existing.id)
        problems = check(order)
        try:
            if not problems:
                with self.env.cr.savepoint():
                    return self._b2c_create(order)
        except psycopg2.errors.UniqueViolation as error:
            if "b2c_external_uniq" not in str(error):
                problems = [Problem("intake_failed", {"error": redact(str(error))})]
            else:
                raise RetryableJobError(
                    f"order {order.source}/{order.external_id} is being taken in"
                ) from error
        except (psycopg2.OperationalError, RetryableJobError):
            raise
        except _ProblemsFound as found:
            problems = found.problems
        except Exception as error:
            text = redact(str(error))
            _logger.warning(
                "Intake of %s: %s, %s", self._b2c_ref(order), type(error), text
            )
            problems = [Problem("intake_failed", {"error": text})]
        issue = self._b2c_quarantine(order, problems)
        return IntakeResult(
            order.external_id, "rejected", issue_id=issue.id, problems=tuple(problems)
        )

    def _b2c_existing(self, order: IntakeOrder):
        return self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("b2c_source", "=", order.source),
                ("b2c_external_id", "=", order.external_id),
            ],
            limit=1,
        )

    def _b2c_create(self, order: IntakeOrder) -> IntakeResult:
        """Make consumer and sale order, or raise what stands against it."""
        company = self.env.company
        if not company.sale_fiscal_operation_id:
            raise _ProblemsFound(
                [Problem("operation_missing", {"company": company.name})]
            )
        products = self._b2c_find_products(order)
        unknown = [
            Problem("sku_unknown", {"sku": line.sku, "line": line.title or line.key})
            for line in order.lines
            if line.key not in products
        ]
        if unknown:
            raise _ProblemsFound(unknown)
        partner, shipping = self._b2c_partners(order)
        lines = self._b2c_line_vals(order, products)
        record = self.create(self._b2c_order_vals(order, partner, shipping, lines))
        problems = record._b2c_price(order)
        lacking = record._b2c_readiness()
        if lacking or problems:
            # Without NCM the taxes, and so the total, are not final anyway.
            problems = lacking or problems
            record._b2c_keep_payload(order)
        for problem in problems:
            record._b2c_report(problem)
        record._b2c_log_facts(order.facts)
        self._b2c_quarantined(order)._mark_solved()
        return IntakeResult(
            order.external_id,
            "held" if problems else "created",
            record.id,
            problems=tuple(problems),
        )

    def _b2c_partners(self, order: IntakeOrder):
        partners = self.env["res.partner"]
        partner, problems = partners._b2c_find_or_create(
            order.consumer, self.env.company
        )
        if problems:
            raise _ProblemsFound(problems)
        shipping, problems = partner._b2c_delivery_address(
            order.shipping or order.consumer.address
        )
        if problems:
            raise _ProblemsFound(problems)
        return partner, shipping

    # ------------------------------------------------------------ quarantine

    def _b2c_ref(self, order: IntakeOrder) -> str:
        return f"{order.source}/{order.external_id}"

    def _b2c_quarantine(self, order: IntakeOrder, problems: list[Problem]):
        """Keep an order that cannot be taken in, under its first problem."""
        company = self.env.company
        texts = [self._b2c_problem_texts(problem, company) for problem in problems]
        issue = self.env["b2c.issue"]._report(
            problems[0].code,
            message="\n".join(message for message, _suggestion in texts),
            suggestion="\n".join(
                dict.fromkeys(suggestion for _message, suggestion in texts)
            ),
            company=company,
            external_ref=self._b2c_ref(order),
            payload=dump(order),
            replay="_b2c_replay_intake",
        )
        # It may have failed on something else before.
        (self._b2c_quarantined(order) - issue)._mark_solved()
        return issue

    def _b2c_quarantined(self, order: IntakeOrder):
        """The open issues that keep this order out (with the rights to close them)."""
        # sudo: issues are written by the code that reports them, never by hand.
        return (
            self.env["b2c.issue"]
            .sudo()
            .search(
                [
                    ("state", "=", "open"),
                    ("company_id", "=", self.env.company.id),
                    ("external_ref", "=", self._b2c_ref(order)),
                    ("replay", "=", "_b2c_replay_intake"),
                ]
            )
        )

    @api.model
    def _b2c_replay_intake(self, payload):
        """Replay of a quarantined order: take it in again from its kept payload."""
        return self._b2c_intake([load(payload)])


class _ProblemsFound(Exception):
    """Leaves the savepoint of an order that cannot be taken in."""

    def __init__(self, problems):
        super().__init__(problems)
        self.problems = problems
