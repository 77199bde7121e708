from datetime import timedelta

import psycopg2

from odoo import api, fields, models
from odoo.tools import float_compare, split_every

from odoo.addons.queue_job.exception import RetryableJobError

from ..domain.axes import Axis, Fact, FiscalState
from ..domain.intake import Problem
from ..domain.regret import zone_of
from ..exceptions import B2cHoldError
from ..timing import utc_now
from ..told import Looks, guarded_ids, looks

CHUNK = 50
STAGES = ("stock", "invoice", "post")
# An order that nothing happened to for this long stands still.
STILL = timedelta(minutes=10)
# Until then a channel that did not answer is asked again after so long.
ASK_AGAIN = timedelta(minutes=1)
_UNNOTED = (False, "not_yet", "needed")


class SaleOrder(models.Model):
    """From draft to posted invoice, without a person."""

    _inherit = "sale.order"

    def _b2c_queue_advance(self, stage=STAGES[0], eta=None):
        """Enqueue a stage of `_b2c_advance` in chunks of one company each.

        :param timedelta eta: how long to wait first
        """
        for company, orders in self.grouped("company_id").items():
            for ids in split_every(CHUNK, orders.ids):
                chunk = self.browse(ids).with_company(company)
                key = ",".join(map(str, ids))
                chunk.with_delay(
                    channel=f"root.b2c.{stage}",
                    identity_key=f"b2c_{stage}/{key}",
                    eta=eta,
                )._b2c_advance(stage)

    def _b2c_advance(self, stage=None):
        """Job: take each order as far as it may go.

        Draft → confirmed and reserved (``stock``) → invoiced (``invoice``) → posted
        (``post``), with the guard before each. What is done already is skipped, so it
        can be killed and run again at any time. An order that fails gets an issue, the
        others go on.

        :param stage: only this one, then the next is queued: goods and numbers are
            taken by one job at a time; the drafts, which are most of the work, are made
            by several. Without it all stages run in this transaction.
        :raises RetryableJobError: a row or the number sequence is locked by another
        """
        stages = (stage,) if stage else STAGES
        orders = self.exists().filtered("is_b2c")._b2c_quietly()
        orders = orders._b2c_look_ahead("reserve" if stage == "stock" else "nfe")
        for company, group in orders.grouped("company_id").items():
            # A job has no time zone; after nine in the evening UTC is tomorrow.
            zone = zone_of(company.state_id.code or "")
            chunk = group.with_company(company).with_context(tz=zone.key)
            for one in stages:
                chunk = getattr(chunk, f"_b2c_advance_{one}")()
            if stages[-1] != STAGES[-1]:
                chunk._b2c_queue_advance(STAGES[STAGES.index(stage) + 1])
        if stage:
            orders._b2c_ask_again(stage)

    def _b2c_ask_again(self, stage):
        """A gateway that broke one call holds an order for a minute; a channel that is
        away for longer leaves its orders to the cron."""
        answers, still = looks(self.env), fields.Datetime.now() - STILL
        silent = self.filtered(
            lambda order: (
                (answer := answers.get(order.id))
                and answer.error
                and (order.b2c_last_fact_at or still) > still
            )
        )
        silent._b2c_queue_advance(stage, eta=ASK_AGAIN)

    def _b2c_look_ahead(self, operation):
        """Ask the channels before anything is locked: whoever reserves the same stock
        must not wait for their answer.

        :param operation: the one with the strictest budget of what follows
        :returns: the same orders; the guard knows the answers
        """
        going = self.filtered(lambda order: order.b2c_fiscal_state in _UNNOTED)
        found = going._b2c_look(operation, utc_now())
        answers = {order_id: found.get(order_id) for order_id in going.ids}
        return self.with_context(b2c_looks=Looks(answers))

    # ------------------------------------------------------------ stages

    def _b2c_advance_stock(self):
        """Confirm and reserve. :returns: the orders that have all of their goods"""
        self._b2c_advance_confirm()
        return self._b2c_advance_reserve()

    def _b2c_advance_confirm(self):
        drafts = self.filtered(lambda order: order.state in ("draft", "sent"))
        # sudo: see _b2c_keep_payload.
        waiting = drafts.filtered(lambda order: order.sudo().b2c_pending_payload)
        ready = (drafts - waiting)._b2c_complete()
        ready |= waiting.filtered(lambda order: order._b2c_try_complete())
        going = ready._b2c_go("reserve")._b2c_lock()
        going._b2c_guarded()._b2c_batch("action_confirm")

    def _b2c_try_complete(self) -> bool:
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                return bool(self._b2c_complete())
        except (psycopg2.OperationalError, RetryableJobError):
            raise
        except Exception as error:
            self._b2c_report_error(error, "advance_failed")
            return False

    def _b2c_complete(self):
        """Those whose products are complete; their lines are made again if needed."""
        complete = self.browse()
        for order in self:
            problems = order._b2c_readiness() or order._b2c_rebuild()
            for problem in problems:
                order._b2c_report(problem)
            if not problems:
                complete |= order
        return complete

    def _b2c_advance_reserve(self):
        """Reserve what is confirmed; the orders that have all of their goods."""
        orders = self.filtered(
            lambda order: order.state == "sale" and not order._b2c_posted_invoices()
        )
        lacking = orders.filtered(lambda order: not order._b2c_is_reserved())
        lacking = lacking._b2c_go("reserve")
        lacking._b2c_guarded().picking_ids._b2c_reserve()
        reserved = orders.filtered(lambda order: order._b2c_is_reserved())
        for order in lacking - reserved:
            order._b2c_report(order._b2c_stock_problem())
        return reserved

    def _b2c_advance_invoice(self):
        """Make the draft invoices. :returns: the orders that have theirs"""
        return self._b2c_for_note()._b2c_batch("_b2c_make_invoices")

    def _b2c_advance_post(self):
        """Post the invoices, which takes the numbers of the NF-e."""
        # What was cancelled in part meanwhile has no draft: it begins anew.
        drafted = self.filtered(lambda order: order._b2c_invoices())
        done = drafted._b2c_for_note()._b2c_batch("_b2c_post_invoices")
        done._b2c_solve()
        return done

    def _b2c_for_note(self):
        """Those that may have their NF-e, locked; asked once per transaction."""
        if guarded_ids(self.env).issuperset(self.ids):
            return self
        return self._b2c_go("nfe")._b2c_lock()._b2c_guarded()

    def _b2c_is_reserved(self) -> bool:
        """Is every piece reserved? By the moves: a delivery that may leave in parts
        calls itself assigned as soon as one piece is there."""
        self.ensure_one()
        moves = self.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        return all(move.state in ("assigned", "done") for move in moves)

    # ------------------------------------------------------------ invoice

    def _b2c_invoices(self):
        return self.invoice_ids.filtered(
            lambda move: move.move_type == "out_invoice" and move.state != "cancel"
        )

    def _b2c_posted_invoices(self):
        return self._b2c_invoices().filtered(lambda move: move.state == "posted")

    def _b2c_make_invoices(self):
        """One draft invoice per order, never one for two orders of a consumer.

        The taxes come from the order's lines: computing them again would be half of
        the time, and they cannot differ as all of the quantity is invoiced.
        """
        orders = self.filtered(lambda order: not order._b2c_invoices())
        orders = orders.with_context(skip_compute_fiscal_tax_ids=True)
        if orders:
            orders._create_invoices(grouped=True)

    def _b2c_post_invoices(self):
        invoices = self.env["account.move"]
        today = fields.Date.context_today(self)
        for order in self:
            drafts = order._b2c_invoices().filtered(lambda move: move.state == "draft")
            order._b2c_check_total(drafts)
            # Made on another day, when it could not be posted.
            drafts.filtered(
                lambda move: move.invoice_date != today
            ).invoice_date = today
            invoices |= drafts
        invoices.with_context(skip_compute_fiscal_tax_ids=False).action_post()
        self._b2c_log_all(
            [
                (order, [order._b2c_invoiced_fact(move)])
                for order in self
                for move in order._b2c_posted_invoices()
            ]
        )

    def _b2c_invoiced_fact(self, move) -> Fact:
        return Fact(
            axis=Axis.FISCAL,
            state=FiscalState.INVOICED,
            raw=move.name,
            source="odoo",
            at=utc_now(),
            uid=f"invoice/{move.id}",
        )

    def _b2c_check_total(self, invoices):
        """The note must amount to what was paid for all of its orders, to the cent."""
        self.ensure_one()
        total = sum(invoices.mapped("amount_total"))
        orders = self | invoices.invoice_line_ids.sale_line_ids.order_id
        paid = sum(orders.mapped("b2c_paid_total"))
        if invoices and float_compare(total, paid, 2):
            params = {"total": f"{total:.2f}", "paid": f"{paid:.2f}"}
            problem = Problem("invoice_total_mismatch", params)
            message, _suggestion = self._b2c_problem_texts(problem, self.company_id)
            raise B2cHoldError(message, [problem.code])

    # ------------------------------------------------------------ isolation

    def _b2c_batch(self, method: str):
        """Run a method on all orders at once; when it fails, on each one alone.

        :returns: the orders that it worked for; the others got an issue
        """
        if not self:
            return self
        try:
            with self.env.cr.savepoint():
                getattr(self, method)()
            return self
        except psycopg2.OperationalError as error:
            # Somebody else holds a row or the number sequence: all of it again, later.
            raise RetryableJobError(f"{method}: {error.pgcode}") from error
        except RetryableJobError:
            raise
        except Exception as error:
            if len(self) == 1:
                self._b2c_report_error(error, "advance_failed")
                return self.browse()
        return self.browse().concat(*(order._b2c_batch(method) for order in self))

    def _b2c_lock(self):
        """Lock the orders: a cancellation that comes now waits, one that came a moment
        ago makes the transaction fail and run again, with the news."""
        locked = self.try_lock_for_update(allow_referencing=True)
        if locked != self:
            raise RetryableJobError("another transaction works on the same orders")
        return self

    # ------------------------------------------------------------ cron

    @api.model
    def _b2c_cron_advance(self):
        """Take up orders that stand still: a killed job, new stock, a fixed product;
        and cancellations with steps left.

        All of them: with a limit, those that stand still for good would keep the others
        from ever being tried again.
        """
        still = fields.Datetime.now() - STILL
        orders = self.search(
            [
                ("is_b2c", "=", True),
                ("state", "in", ("draft", "sent", "sale")),
                ("b2c_order_state", "=", "ready"),
                ("b2c_payment_state", "in", ("paid", "part_refunded")),
                ("b2c_fiscal_state", "in", _UNNOTED),
                ("b2c_held", "=", False),
                ("b2c_last_fact_at", "<", still),
            ]
        )
        orders._b2c_queue_advance()
        steps = self.env["b2c.cancel.step"].search(
            [("state", "in", ("todo", "failed"))]
        )
        steps.order_id._b2c_queue_cancellation(CHUNK)
