import traceback
from decimal import Decimal

import psycopg2

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError

from .common import CPFS, SOURCE, B2cCase, intake, line


@tagged("post_install", "-at_install")
class TestFailures(B2cCase):
    """What fails stops nothing else, says why, and names nobody."""

    # ------------------------------------------------------------ trying again

    def quarantined(self, *numbers):
        orders = [intake(number, (line("LATER"),)) for number in numbers]
        results = self.orders._b2c_intake(orders)
        issues = self.issues.browse([result.issue_id for result in results])
        self._make_product("LATER", stock=10)
        return issues

    def test_issue_that_cannot_be_read_stops_no_other(self):
        broken, whole = self.quarantined("1", "2")
        payload = broken.sudo().payload
        del payload["consumer"]
        broken.sudo().payload = payload | {"note": CPFS[0]}
        issues = (broken | whole).with_user(self.operator)
        with self.assertLogs("odoo.addons.industry_b2c_sales", "WARNING"):
            issues._replay_chunk()
        self.assertEqual(whole.state, "solved")
        self.assertEqual((broken.state, broken.count), ("open", 2))
        self.assertIn("KeyError", broken.suggestion)
        self.assertIn("consumer", broken.suggestion)

    def test_job_that_must_run_again_does(self):
        issue = self.quarantined("1")

        def busy(orders, payload):
            raise RetryableJobError("later")

        self.patch(self.registry["sale.order"], "_b2c_replay_intake", busy)
        with self.assertRaises(RetryableJobError):
            issue._replay_chunk()
        self.assertEqual(issue.count, 1)

    # ------------------------------------------------------------ personal data

    @mute_logger("odoo.sql_db")
    def test_two_workers_who_meet_do_not_log_the_number(self):
        partners = self.env["res.partner"]
        partner = partners._b2c_find_or_create(intake("1").consumer, self.company)[0]
        vals = {
            "name": "Outra",
            "vat": partner.vat,
            "b2c_consumer": True,
            "company_id": self.company.id,
            "country_id": partner.country_id.id,
        }
        with self.assertRaises(RetryableJobError) as caught:
            partners._b2c_create_consumer(vals)
        # What the queue stores of a job that has failed.
        told = "".join(traceback.format_exception(caught.exception))
        self.assertNotIn(CPFS[0], told)

    def test_erasure_that_the_database_refuses_runs_again(self):
        partner = self.env["res.partner"]._b2c_find_or_create(
            intake("1").consumer, self.company
        )[0]
        partner.b2c_forget_due = "2026-01-01"

        def refused(partners):
            raise psycopg2.errors.SerializationFailure

        self.patch(self.registry["res.partner"], "_b2c_erase_traces", refused)
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            partners = self.env["res.partner"].with_env(self.env(cr=cr))
            # No assertRaises: its savepoint does not outlive the cron's commits.
            try:
                partners._b2c_cron_forget()
            except psycopg2.OperationalError:
                return
        self.fail("the cron went on in a transaction that is of no use")

    # ------------------------------------------------------------ another amount

    def test_partial_cancellation_is_no_change_of_the_order(self):
        order = self.take_in(intake("1", (line(quantity=3),)))
        for number in (1, 2):
            order._b2c_cancel_units(
                {order.order_line.id: 1},
                asker="consumer",
                reason="Comprou a mais",
                source=SOURCE,
                uid=f"part-{number}",
            )
            if number == 1:
                order._b2c_run_cancellation()
        self.assertAlmostEqual(order.b2c_paid_total, 399.80)
        # As sold, as it is, and as it will be when the second unit is out.
        for count in (3, 2, 1):
            self.orders._b2c_intake([intake("1", (line(quantity=count),))])
            self.assertNotIn("order_changed", order.b2c_issue_ids.mapped("code"))
        odd = intake("1", (line(quantity=2, price="150.00"),))
        self.assertEqual(odd.paid_total, Decimal("300.00"))
        self.orders._b2c_intake([odd])
        self.assertIn("order_changed", order.b2c_issue_ids.mapped("code"))
