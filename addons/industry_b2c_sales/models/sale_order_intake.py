import logging

import psycopg2

from odoo import api, models

from odoo.addons.queue_job.exception import RetryableJobError

from ..domain.intake import IntakeOrder, IntakeResult, Problem, check
from ..domain.payload import dump, load
from ..domain.redact import redact
from ..told import machinery
from .tax_memo import tax_memo

_logger = logging.getLogger(__name__)

# No chatter, no followers: a thousand orders an afternoon are not a conversation.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    # Nor a message on every transfer and invoice; see `mail_thread.py`.
    "b2c_quiet": True,
}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _b2c_quietly(self):
        """Self for work without a person on many orders: no chatter, and what the tax
        engine finds is found once."""
        return self.with_context(**QUIET, **tax_memo())

    @api.model
    def _b2c_intake(self, orders: list[IntakeOrder]) -> list[IntakeResult]:
        """Take in orders of the current company, best about 50 in a call.

        Idempotent by (source, external id): a known order gets the new facts only. An
        order with problems becomes a ``b2c.issue`` that keeps its payload; an order
        whose products are incomplete is created and held in draft. One bad order stops
        no other.

        :returns: one result per order, in the same order
        :raises RetryableJobError: another transaction takes in the same order
        """
        quiet = self._b2c_quietly().with_context(b2c_taking_in=True)
        results = quiet._b2c_take_in_known(orders)
        fresh = [order for order in orders if self._b2c_ref(order) not in results]
        once = {self._b2c_ref(order): order for order in reversed(fresh)}
        results |= quiet._b2c_take_in(list(once.values()))
        # Told twice in one call: the later ones bring their facts only.
        quiet._b2c_take_in_known([one for one in fresh if one not in once.values()])
        created = [one.order_id for one in results.values() if one.outcome == "created"]
        self.browse(created)._b2c_queue_advance()
        return [results[self._b2c_ref(order)] for order in orders]

    def _b2c_take_in_known(self, orders) -> dict[str, IntakeResult]:
        """Orders that are here already get the new facts; results by reference."""
        known = self._b2c_known(orders)
        results = {}
        for order in orders:
            record = known.get(self._b2c_ref(order))
            if record:
                # A known order that became ready goes on its way like any other.
                record.with_context(b2c_taking_in=False)._b2c_log_facts(order.facts)
                results[self._b2c_ref(order)] = IntakeResult(
                    order.external_id, "duplicate", record.id
                )
        return results

    def _b2c_take_in(self, orders) -> dict[str, IntakeResult]:
        """New orders, all at once; when that fails, each one alone."""
        problems = []
        try:
            with self.env.cr.savepoint():
                return self._b2c_create(orders)
        except psycopg2.errors.UniqueViolation as error:
            if "b2c_external_uniq" in str(error):
                raise RetryableJobError("an order is being taken in") from error
            problems = [Problem("intake_failed", {"error": redact(str(error))})]
        except (psycopg2.OperationalError, RetryableJobError):
            raise
        except Exception as error:
            text = redact(str(error))
            refs = ", ".join(map(self._b2c_ref, orders))
            _logger.warning("Intake of %s: %s, %s", refs, type(error), text)
            problems = [Problem("intake_failed", {"error": text})]
        if len(orders) == 1:
            return {self._b2c_ref(orders[0]): self._b2c_reject(orders[0], problems)}
        results = {}
        for order in orders:
            results |= self._b2c_take_in([order])
        return results

    def _b2c_known(self, orders) -> dict:
        """The orders that are here already, by reference (see `_b2c_ref`)."""
        records = self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("b2c_source", "in", list({order.source for order in orders})),
                ("b2c_external_id", "in", [order.external_id for order in orders]),
            ]
        )
        return {f"{one.b2c_source}/{one.b2c_external_id}": one for one in records}

    def _b2c_create(self, orders) -> dict[str, IntakeResult]:
        """Make consumers and sale orders; what stands against one keeps it out."""
        results, ready = {}, {}
        for order in orders:
            try:
                whole = self._b2c_expand(order)
                ready[self._b2c_ref(order)] = whole, self._b2c_prepare(whole)
            except _ProblemsFound as found:
                results[self._b2c_ref(order)] = self._b2c_reject(order, found.problems)
        values = [vals for _order, vals in ready.values()]
        records = self.with_context(**machinery()).create(values).with_env(self.env)
        for (ref, (order, _vals)), record in zip(ready.items(), records, strict=True):
            results[ref] = record._b2c_settle(order)
        facts = [order.facts for order, _vals in ready.values()]
        records._b2c_log_all(zip(records, facts, strict=True))
        self._b2c_quarantined(list(ready))._mark_solved()
        return results

    @api.model
    def _b2c_expand(self, order: IntakeOrder) -> IntakeOrder:
        """Hook: the order with the lines that we deliver (kits as their parts).

        What is kept of an order that cannot be taken in is the order as it came.
        """
        return order

    def _b2c_prepare(self, order: IntakeOrder) -> dict:
        """The values of the sale order, or raise all that stands against it."""
        company = self.env.company
        problems = check(order)
        if not company.sale_fiscal_operation_id:
            problems.append(Problem("operation_missing", {"company": company.name}))
        if problems:
            raise _ProblemsFound(problems)
        products = self._b2c_find_products(order)
        unknown = [
            Problem("sku_unknown", {"sku": line.sku, "line": line.title or line.key})
            for line in order.lines
            if line.key not in products
        ]
        if unknown:
            raise _ProblemsFound(unknown)
        partner, shipping = self._b2c_partners(order)
        lines, totals = self._b2c_line_vals(order, products)
        return self._b2c_order_vals(order, partner, shipping, lines) | totals

    def _b2c_settle(self, order: IntakeOrder) -> IntakeResult:
        """Check a new order's amounts and products; it is held until they are right."""
        problems = self._b2c_price(order)
        lacking = self._b2c_readiness()
        if lacking or problems:
            # Without NCM the taxes, and so the total, are not final anyway.
            problems = lacking or problems
            self._b2c_keep_payload(order)
        for problem in problems:
            self._b2c_report(problem)
        return IntakeResult(
            order.external_id,
            "held" if problems else "created",
            self.id,
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

    def _b2c_reject(self, order: IntakeOrder, problems) -> IntakeResult:
        issue = self._b2c_quarantine(order, problems)
        return IntakeResult(
            order.external_id, "rejected", issue_id=issue.id, problems=tuple(problems)
        )

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
        (self._b2c_quarantined([self._b2c_ref(order)]) - issue)._mark_solved()
        return issue

    def _b2c_quarantined(self, refs: list[str]):
        """The open issues that keep these out (with the rights to close them)."""
        # sudo: issues are written by the code that reports them, never by hand.
        return (
            self.env["b2c.issue"]
            .sudo()
            .search(
                [
                    ("state", "=", "open"),
                    ("company_id", "=", self.env.company.id),
                    ("external_ref", "in", refs),
                    ("replay", "=", "_b2c_replay_intake"),
                ]
            )
        )

    @api.model
    def _b2c_replay_intake(self, payload):
        """Replay of a quarantined order: take it in again from its kept payload."""
        return self._b2c_intake([load(payload)])


class _ProblemsFound(Exception):
    """An order cannot be taken in."""

    def __init__(self, problems):
        super().__init__(problems)
        self.problems = problems
