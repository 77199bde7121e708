"""Scenario 36 in small; in full, with memory: ``bin/bench soak``."""

import random

from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import OrderState, ParcelState
from .common import ConnectorCase
from .shop import NOW, order_of, replace, timedelta

DAYS = 3
ORDERS = 8
CALLS_PER_ORDER = 10
"""Far below the twenty that are planned for."""


@tagged("post_install", "-at_install")
class TestThreeDays(ConnectorCase):
    def test_three_days_leave_no_job_stuck_and_stay_below_the_budget_of_calls(self):
        dice = random.Random(36)
        for day in range(DAYS):
            ids = self.buyers_order(day)
            self.channel_tells(ids, dice)
            self.work()
            self.carrier_takes(ids)
            self.frozen.tick(timedelta(days=1))
            self.work()
        orders = self.env["marketplace.order"].search(
            [("account_id", "=", self.account.id)]
        )
        self.assertEqual(len(orders.sale_order_id), DAYS * ORDERS)
        self.assertEqual(set(orders.mapped("state")), {"shipped"})
        hints = self.inbox.search([("account_id", "=", self.account.id)])
        self.assertEqual(set(hints.mapped("state")), {"done"})
        self.assertLessEqual(len(self.shop.calls) / len(orders), CALLS_PER_ORDER)

    def buyers_order(self, day):
        at = NOW + timedelta(days=day)
        ids = [f"{day}{number:03}" for number in range(ORDERS)]
        self.shop.put(
            *(
                order_of(i, created_at=at, updated_at=at, paid_at=at, raw_digest=i)
                for i in ids
            )
        )
        return ids

    def carrier_takes(self, ids):
        for external_id in ids:
            order = self.shop.orders[external_id]
            self.shop.change(
                external_id,
                state=OrderState.SHIPPED,
                updated_at=order.updated_at + timedelta(hours=8),
                parcels=tuple(
                    replace(parcel, state=ParcelState.IN_TRANSIT)
                    for parcel in order.parcels
                ),
            )
        # The channel says nothing about it: the search finds it.
        self.shop.pages = [ids]

    def channel_tells(self, ids, dice):
        """Five times each and shuffled; of one order nobody hears."""
        events = [(i, f"{i}/{n}") for i in ids[1:] for n in range(2)] * 5
        dice.shuffle(events)
        for external_id, event in events:
            self.hint(external_id, event=event)
        self.shop.pages = [ids]

    def work(self):
        """The clocks of a day, and the jobs that they and these jobs make."""
        accounts, jobs = self.env["marketplace.account"], []
        with trap_jobs() as trap:
            accounts._cron_poll()
            jobs = list(trap.enqueued_jobs)
        for clock in (accounts._cron_sweep, self.inbox._cron_drain, lambda: None):
            with trap_jobs() as trap:
                clock()
                for job in jobs:
                    job.perform()
                jobs = list(trap.enqueued_jobs)
        for _round in range(10):
            with trap_jobs() as trap:
                for job in jobs:
                    job.perform()
                jobs = list(trap.enqueued_jobs)
            if not jobs:
                return
        self.fail(f"these jobs never end: {[job.method_name for job in jobs]}")
