from decimal import Decimal
from itertools import accumulate

from odoo import api, models

from ..domain.intake import CENT, IntakeOrder, IntakeResult, Problem, unpunctuated


def _cents(amount: float) -> Decimal:
    return Decimal(str(amount)).quantize(CENT)


class SaleOrder(models.Model):
    """The same sale twice: through two sources, or told anew with another amount.

    Told twice by one source it is harmless, see ``_b2c_intake``. But a sale that comes
    from its channel and from a hub (or a file) as well would be shipped twice.
    """

    _inherit = "sale.order"

    @api.model
    def _b2c_intake(self, orders: list[IntakeOrder]) -> list[IntakeResult]:
        twins = self._b2c_twins(orders)
        rest = [order for at, order in enumerate(orders) if at not in twins]
        taken = iter(super()._b2c_intake(rest))
        results = [
            self._b2c_hold_twin(order, twins[at]) if at in twins else next(taken)
            for at, order in enumerate(orders)
        ]
        self._b2c_compare_known(orders, results)
        return results

    def _b2c_twins(self, orders: list[IntakeOrder]) -> dict:
        """Orders that came from another source before: record by place in the list.

        Twins have the same number and the same consumer. A person may say that they
        are two sales: then the context holds ``b2c_not_a_twin``.
        """
        if self.env.context.get("b2c_not_a_twin"):
            return {}
        known = self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("b2c_external_id", "in", [order.external_id for order in orders]),
                ("state", "!=", "cancel"),
            ]
        ).grouped("b2c_external_id")
        twins = {}
        for at, order in enumerate(orders):
            same = known.get(order.external_id, self.browse())
            if order.source in same.mapped("b2c_source"):
                continue
            vat = unpunctuated(order.consumer.vat)
            twin = same.filtered(
                lambda one, vat=vat: (
                    vat and unpunctuated(one.partner_id.vat or "") == vat
                )
            )
            if twin:
                twins[at] = twin[0]
        return twins

    def _b2c_hold_twin(self, order: IntakeOrder, twin) -> IntakeResult:
        params = {"order": twin.name, "source": twin.b2c_source}
        problem = Problem("duplicate_suspected", params)
        issue = self._b2c_quarantine(order, [problem])
        return IntakeResult(
            order.external_id, "rejected", issue_id=issue.id, problems=(problem,)
        )

    def _b2c_compare_known(self, orders, results):
        """Tell a person when a known order comes again with another amount."""
        again = [
            (order, result.order_id)
            for order, result in zip(orders, results, strict=True)
            if result.outcome == "duplicate"
        ]
        records = self.browse([order_id for _order, order_id in again])
        for (order, _order_id), record in zip(again, records, strict=True):
            known, told = _cents(record.b2c_paid_total), order.paid_total.quantize(CENT)
            if told != known and told not in record._b2c_partial_totals(known):
                record._b2c_report_changed(order, known)

    def _b2c_partial_totals(self, known: Decimal) -> set[Decimal]:
        """What the order came to before each of its partial cancellations, and what it
        will come to after those that are still to be carried out: the channel may tell
        any of them."""
        self.ensure_one()
        out = self.b2c_partial_ids.filtered(
            lambda partial: all(partial.line_ids.mapped("taken_out"))
        )
        before = accumulate(_cents(item.refund) for item in reversed(out))
        after = accumulate(_cents(item.refund) for item in self.b2c_partial_ids - out)
        return {known + less for less in before} | {known - less for less in after}

    def _b2c_report_changed(self, order: IntakeOrder, known: Decimal):
        self.ensure_one()
        params = {"known": str(known), "paid": str(order.paid_total)}
        problem = Problem("order_changed", params)
        message, _suggestion = self._b2c_problem_texts(problem, self.company_id)
        # The channel repeats itself; what a person has settled is not opened again.
        told = self.b2c_issue_ids.filtered(
            lambda issue: issue.code == problem.code and issue.message == message
        )
        if not told:
            self._b2c_report(problem, replay=None)

    @api.model
    def _b2c_replay_as_another(self, payload):
        """Replay of a suspected duplicate that a person says is a sale of its own."""
        return self.with_context(b2c_not_a_twin=True)._b2c_replay_intake(payload)
