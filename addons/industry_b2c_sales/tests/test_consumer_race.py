import threading
from dataclasses import replace

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged

from odoo.addons.queue_job.exception import RetryableJobError

from .common import intake

VAT = "39053344705"


@tagged("post_install", "-at_install")
class TestConsumerRace(TransactionCase):
    """Two workers on two connections make the same consumer: one partner remains."""

    def setUp(self):
        super().setUp()
        self.addCleanup(self.remove)

    def remove(self):
        with self.registry.cursor() as cr:
            self.found(cr).unlink()

    def found(self, cr):
        env = api.Environment(cr, SUPERUSER_ID, {})
        return env["res.partner"].search([("vat", "=", VAT)])

    def make(self, env):
        """Make the consumer in the company of the database."""
        consumer = replace(intake("1").consumer, vat=VAT)
        return env["res.partner"]._b2c_find_or_create(consumer, env.company)[0]

    def test_two_connections_make_one_partner(self):
        blocked, logged = [], []

        def second(env):
            # Its snapshot is older than the commit of the first: it cannot see it.
            try:
                with self.assertLogs("odoo.sql_db", "ERROR") as log:
                    self.make(env)
            except RetryableJobError as error:
                blocked.append(error)
                logged.extend(log.output)

        with self.registry.cursor() as one, self.registry.cursor() as two:
            # Environments are made here: while Odoo's own runner tests, it holds the
            # lock that a first one of a thread would wait for.
            envs = [
                api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
                for cr in (one, two)
            ]
            two.execute("SELECT pg_backend_pid()")
            [pid] = two.fetchone()
            first = self.make(envs[0])
            worker = threading.Thread(target=second, args=[envs[1]])
            worker.start()
            self.assertTrue(self.waits_for_lock(pid, worker))
            one.commit()
            worker.join(30)
            self.assertEqual(len(blocked), 1)
            # PostgreSQL names the duplicate, the log does not.
            self.assertIn("b2c_consumer_uniq", "".join(logged))
            self.assertNotIn(VAT, "".join([*logged, str(blocked)]))
            two.rollback()
            # The job is tried again: now it finds the partner of the first.
            envs[1].invalidate_all(flush=False)
            self.assertEqual(self.make(envs[1]).id, first.id)
        with self.registry.cursor() as cr:
            self.assertEqual(len(self.found(cr)), 1)

    def waits_for_lock(self, pid, worker):
        """Wait until the backend stands in front of a lock, or its thread ends."""
        with self.registry.cursor() as watch:
            for _turn in range(600):
                if not worker.is_alive():
                    break
                watch.execute(
                    "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted",
                    [pid],
                )
                if watch.fetchone()[0]:
                    return True
                worker.join(0.05)
        return False
