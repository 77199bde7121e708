import psycopg2

from odoo import fields, models

from odoo.addons.queue_job.exception import RetryableJobError

from ..const import AXIS_FIELDS
from ..domain.axes import STATES, Axis, Fact, fold, newest_is_unknown, parse_state
from ..domain.control import CONTROL
from ..timing import aware, naive, utc_now


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _b2c_log(self, axis, state, *, source, uid, at=None, raw=None, note=None):
        """Append a fact to each order's log and derive the axis anew.

        :param axis: an ``Axis`` or its value
        :param state: a state of the axis; a value that nobody knows becomes
            ``unknown``: stored with its raw value, keeps the state, flags the order
        :param source: who says so (``mercadolivre/1234``, ``sefaz``, ``guard``)
        :param uid: identity of the fact: told again, it is not logged again
        :param at: aware UTC time at the source, now when it does not tell
        :param raw: the source's own word
        :param note: something for a person to read; no personal data
        :returns: the orders whose log grew
        :raises RetryableJobError: another transaction logs the same fact
        """
        axis = Axis(axis)
        fact = Fact(
            axis=axis,
            state=parse_state(axis, state),
            raw=str(raw if raw is not None else state),
            source=source,
            at=at or utc_now(),
            uid=uid,
        )
        return self._b2c_log_facts([fact], note=note)

    def _b2c_log_each(self, axis, state, source, news):
        """Log one state for many orders at once, as a lot of notes brings it.

        :param axis: an ``Axis``, ``state`` a state of it; see `_b2c_log`
        :param news: pairs of an order of ``self`` and the uid of its own fact
        """
        at = utc_now()
        return self._b2c_log_all(
            (order, [Fact(axis, state, state.value, source, at, uid)])
            for order, uid in news
        )

    def _b2c_log_facts(self, facts, note=None):
        """Append several facts to each order; see `_b2c_log`."""
        return self._b2c_log_all([(order, facts) for order in self], note=note)

    def _b2c_log_all(self, news, note=None):
        """Append to each order facts of its own; see `_b2c_log`.

        :param news: pairs of an order of ``self`` and its facts
        """
        news = list(news)
        uids = [fact.uid for _order, facts in news for fact in facts]
        known = {
            (event.order_id.id, event.axis, event.uid)
            # sudo: the log is append only, by this method alone.
            for event in self.env["b2c.order.event"]
            .sudo()
            .search(
                [
                    ("order_id", "in", self.ids),
                    ("uid", "in", uids),
                ]
            )
        }
        values, axes = [], {}
        for order, facts in news:
            for fact in facts:
                key = (order.id, fact.axis.value, fact.uid)
                if key not in known:
                    known.add(key)
                    values.append(order._b2c_event_vals(fact, note))
                    axes.setdefault(order, set()).update(one.axis for one in facts)
        try:
            with self.env.cr.savepoint():
                self.env["b2c.order.event"].sudo().create(values)
        except psycopg2.errors.UniqueViolation as error:
            raise RetryableJobError("the same fact is being logged") from error
        grown = self.browse().concat(*axes)
        logs = grown._b2c_facts()
        for order, moved in axes.items():
            order._b2c_derive(moved, logs[order.id])
        return grown

    def _b2c_event_vals(self, fact: Fact, note) -> dict:
        return {
            "order_id": self.id,
            "axis": fact.axis.value,
            "state": fact.state.value,
            "raw": fact.raw,
            "source": fact.source,
            "at": naive(fact.at),
            "uid": fact.uid,
            "note": note,
        }

    def _b2c_derive(self, axes, log):
        """Fold these axes of the order's log (`_b2c_facts`) into its states."""
        self.ensure_one()
        # The row is written even when no state moves; see `b2c_last_fact_at`.
        values = {"b2c_last_fact_at": fields.Datetime.now()}
        moved = {}
        unknown = False
        for axis, facts in log.items():
            if axis in (Axis.ORDER, Axis.PAYMENT):
                unknown |= newest_is_unknown(facts)
            if axis not in axes:
                continue
            state = fold(facts)
            before = self[AXIS_FIELDS[axis.value]] or None
            if state != before:
                values[AXIS_FIELDS[axis.value]] = state and state.value
                moved[axis] = (before, state)
        values["b2c_state_unknown"] = unknown
        # sudo: a fact may come from a screen whose user may not write orders (stock).
        self.sudo().with_context(tracking_disable=True).write(values)
        for axis, (before, state) in moved.items():
            self._b2c_after_move(axis, before, state)

    def _b2c_facts(self) -> dict[int, dict[Axis, list[Fact]]]:
        """The whole log of each order as facts: by order id, then by axis."""
        logs: dict[int, dict[Axis, list[Fact]]] = {id_: {} for id_ in self.ids}
        # sudo: see _b2c_log_all.
        events = self.env["b2c.order.event"].sudo()
        # What persons did is no fact on an axis.
        domain = [("order_id", "in", self.ids), ("axis", "!=", CONTROL)]
        for event in events.search(domain):
            axis = Axis(event.axis)
            fact = Fact(
                axis=axis,
                state=STATES[axis](event.state),
                raw=event.raw or "",
                source=event.source,
                at=aware(event.at),
                uid=event.uid,
            )
            logs[event.order_id.id].setdefault(axis, []).append(fact)
        return logs

    def _b2c_after_move(self, axis: Axis, before, state):
        """Hook: an axis of one order moved from ``before`` to ``state`` (or None).

        Called in the transaction of the fact: anything slow belongs in a job.
        """
        self.ensure_one()
        if axis == Axis.ORDER and state in ("cancelled", "superseded"):
            self._b2c_queue_cancellation()
        elif (axis, state) in ((Axis.ORDER, "ready"), (Axis.PAYMENT, "paid")):
            if not self.env.context.get("b2c_taking_in"):
                self._b2c_queue_advance()
