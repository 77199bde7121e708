import logging

import psycopg2

from odoo import models

from ..domain.axes import Axis, OrderState, PaymentState
from ..domain.control import Control
from ..domain.guard import (
    LiveStatus,
    States,
    Verdict,
    is_fresh,
    judge,
    may_remember,
)
from ..timing import aware, naive, utc_now
from ..told import looks

_logger = logging.getLogger(__name__)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _b2c_live_status(self) -> dict[int, LiveStatus]:
        """Hook: what the channels say about these orders right now.

        One batched call per provider. An order that is missing from the answer has no
        provider: its log is the truth. Must not raise: a failed call is a
        ``LiveStatus`` with ``error`` for each of its orders.

        :returns: LiveStatus by order id
        """
        return {}

    def _b2c_guard(self, operation: str) -> dict[int, Verdict]:
        """May ``operation`` (a key of ``domain.guard.OPERATIONS``) go on?

        Asks the provider about the orders whose last look is older than the operation's
        budget, logs what it learnt, and stores a verdict for each order.

        :returns: Verdict by order id; only ``verdict.go`` lets the operation run
        """
        now = utc_now()
        live = self._b2c_look(operation, now)
        verdicts = {}
        for order in self:
            verdicts[order.id] = judge(
                operation,
                order._b2c_states(now),
                live.get(order.id),
                now,
                order.company_id._b2c_budget(operation),
            )
        # sudo: verdicts are evidence, no user may write them by hand.
        self.env["b2c.guard.verdict"].sudo().create(
            [
                self._b2c_verdict_vals(order_id, verdict)
                for order_id, verdict in verdicts.items()
            ]
        )
        self._b2c_log_overrides(verdicts)
        return verdicts

    def _b2c_log_overrides(self, verdicts: dict[int, Verdict]):
        """Each use of an override stands in the order's log, with what it set aside."""
        for order in self:
            verdict = verdicts[order.id]
            if verdict.overridden:
                env = order._b2c_company_text()
                reason = env["b2c.guard.verdict"]._reason_text(verdict.overridden)
                words = dict(order._b2c_operations())[verdict.operation]
                order._b2c_log_control(
                    Control.OVERRIDE_USED, f"{words}: {reason}", source="guard"
                )

    def _b2c_look(self, operation, now) -> dict[int, LiveStatus]:
        """The live status of each order that has a provider, asked when too old."""
        known = self._b2c_known_looks(operation, now)
        unknown = self.filtered(lambda order: order.id not in known)
        live = {order_id: answer for order_id, answer in known.items() if answer}
        last = unknown._b2c_last_looks() if unknown else {}
        stale = self.browse()
        for order in unknown:
            checked_at = last.get(order.id)
            budget = order.company_id._b2c_budget(operation)
            if may_remember(operation, budget) and is_fresh(
                operation, checked_at, now, budget
            ):
                # What was learnt then stands in the log.
                live[order.id] = LiveStatus(source="log", checked_at=checked_at)
            else:
                stale |= order
        answers = stale._b2c_ask()
        for order in stale:
            answer = answers.get(order.id)
            if answer is None and order.id in last:
                # It had a provider before: silence is no consent.
                answer = LiveStatus(source=order.b2c_source or "", error="no_answer")
            if answer is not None:
                order._b2c_learn(answer)
                live[order.id] = answer
        return live

    def _b2c_known_looks(self, operation, now) -> dict[int, LiveStatus | None]:
        """What `_b2c_look_ahead` has brought, as far as it is young enough."""
        answers = looks(self.env)
        return {
            order.id: answer
            for order in self
            if order.id in answers
            and (
                (answer := answers[order.id]) is None
                or answer.error
                or is_fresh(
                    operation,
                    answer.checked_at,
                    now,
                    order.company_id._b2c_budget(operation),
                )
            )
        }

    def _b2c_ask(self) -> dict[int, LiveStatus]:
        """The hook's answer; a provider that breaks its promise holds the orders."""
        if not self:
            return {}
        try:
            with self.env.cr.savepoint():
                return self._b2c_live_status()
        except psycopg2.OperationalError:
            # The database's refusal (of what was pending before, too) is no answer of
            # the provider: the transaction is run again.
            raise
        except Exception as error:
            _logger.exception("Live status of %s orders failed", len(self))
            failed = LiveStatus(source="guard", error=type(error).__name__)
            return dict.fromkeys(self.ids, failed)

    def _b2c_learn(self, live: LiveStatus):
        """Log what the provider told, when it is news."""
        self.ensure_one()
        if live.error or live.checked_at is None:
            return
        for axis, state, current in (
            (Axis.ORDER, live.order_state, self.b2c_order_state),
            (Axis.PAYMENT, live.payment_state, self.b2c_payment_state),
        ):
            if state is not None and state.value != current:
                uid = f"live/{state.value}/{naive(live.checked_at).isoformat()}"
                self._b2c_log(
                    axis, state, source=live.source, uid=uid, at=live.checked_at
                )

    def _b2c_states(self, now) -> States:
        """What the log says, and what persons have decided about the order."""
        self.ensure_one()
        return States(
            order=self.b2c_order_state and OrderState(self.b2c_order_state) or None,
            payment=self.b2c_payment_state
            and PaymentState(self.b2c_payment_state)
            or None,
            unknown=self.b2c_state_unknown,
            held=self.b2c_held,
            changing=self.b2c_changing,
            refund_explained=self.b2c_payment_state == PaymentState.PART_REFUNDED.value
            and self._b2c_refund_explained(),
            overridden=self._b2c_overridden(now),
        )

    def _b2c_last_looks(self):
        """When each order's provider was last asked successfully (aware UTC)."""
        # sudo: see _b2c_guard.
        groups = (
            self.env["b2c.guard.verdict"]
            .sudo()
            ._read_group(
                [("order_id", "in", self.ids), ("checked_at", "!=", False)],
                ["order_id"],
                ["checked_at:max"],
            )
        )
        return {order.id: aware(checked_at) for order, checked_at in groups}

    def _b2c_verdict_vals(self, order_id: int, verdict: Verdict) -> dict:
        return {
            "order_id": order_id,
            "operation": verdict.operation,
            "decision": verdict.decision.value,
            "reason_code": verdict.reason_code,
            "overridden_code": verdict.overridden or False,
            "source": verdict.source,
            "checked_at": verdict.checked_at and naive(verdict.checked_at),
            "age": int(verdict.age.total_seconds()) if verdict.age else 0,
        }

    def _b2c_go(self, operation: str):
        """The orders that may go on with ``operation``."""
        verdicts = self._b2c_guard(operation)
        return self.filtered(lambda order: verdicts[order.id].go)
