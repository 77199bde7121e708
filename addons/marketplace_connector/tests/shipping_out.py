from dataclasses import replace
from io import BytesIO

from reportlab.pdfgen.canvas import Canvas

from odoo.addons.industry_b2c_sales.domain.axes import Axis
from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import (
    Feature,
    NotYet,
    ParcelState,
    Rejected,
    Transient,
)
from .shop import order_of, timedelta


def pages(texts):
    """A PDF with one page per text."""
    buffer = BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for text in texts:
        canvas.drawString(10, 10, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


class ShippingOut:
    """Labels of many parcels, ship orders, and parcels of our own carrier."""

    # ------------------------------------------------------------ given

    def parcels(self, *names, **values):
        """Parcels whose NF-e the channel accepted, with their orders."""
        orders = [order_of(name) for name in names]
        bindings = self.read(*orders)
        parcels = bindings.parcel_ids.sorted("external_id")
        parcels.write({"invoice_state": "accepted"} | values)
        return parcels

    def texts(self, parcels):
        return [parcel.label_id.raw for parcel in parcels]

    def own_parcel(self, code="BR123"):
        """A parcel of our own carrier that has left."""
        sale = self.sale()
        parcel = replace(self.shop.orders["9001"].parcels[0], channel_logistics=False)
        self.shop.change("9001", parcels=(parcel,))
        self.again()
        with trap_jobs():
            sale._b2c_advance("stock")
        picking = sale.picking_ids
        picking.write({"state": "done", "date_done": "2026-11-23 12:05:00"})
        if code:
            picking.carrier_tracking_ref = code
        return sale.marketplace_parcel_ids

    # ------------------------------------------------------------ labels

    def test_one_bad_id_among_fifty_prints_fortynine_each_alone(self):
        names = [f"8{n:03d}" for n in range(50)]
        parcels = self.env["marketplace.parcel"].create(
            [
                {
                    "account_id": self.account.id,
                    "external_id": f"S{name}",
                    "state": "label_ready",
                    "invoice_state": "accepted",
                }
                for name in names
            ]
        )
        # No sale order is behind these: only the call is looked at.
        self.shop.common_label = pages
        self.shop.broken_labels["S8017"] = Rejected("not_printable")
        batch = parcels._call_labels(self.account)
        self.assertEqual(self.shop.count("labels"), 1)
        parcels._keep(batch)
        printed = parcels.filtered("label_id")
        self.assertEqual(len(printed), 49)
        self.assertEqual(len(printed.label_id), 49, "a file for each")
        self.assertIn("not_printable", (parcels - printed).label_error)

    def test_page_belongs_to_the_parcel_that_it_names(self):
        parcels = self.parcels("9001", "9002", "9003")
        self.shop.common_label = lambda refs: pages(reversed(refs))
        self.labels(parcels)
        for parcel in parcels:
            self.assertEqual(parcel.label_id.name, f"{parcel.external_id}.pdf")
            self.assertTrue(parcel.label_id.raw.startswith(b"%PDF"), parcel.external_id)
        self.assertEqual(len(set(self.texts(parcels))), 3)

    def test_labels_that_nobody_can_tell_apart_are_asked_one_by_one(self):
        parcels = self.parcels("9001", "9002")
        self.shop.common_label = lambda refs: pages(["both of them"])
        self.labels(parcels)
        self.assertEqual(self.texts(parcels), [b"%PDF S9001", b"%PDF S9002"])
        self.assertEqual(self.shop.count("labels"), 3)

    def test_label_that_is_still_made_is_asked_for_later(self):
        parcels = self.parcels("9001", "9002")
        self.shop.pending_labels.add("S9002")
        self.labels(parcels)
        late = parcels[1]
        self.assertTrue(parcels[0].label_id)
        self.assertEqual(late.label_error, "pending")
        text = late.with_context(lang="pt_BR").label_problem
        self.assertIn("ainda", text)
        self.shop.pending_labels.clear()
        self.frozen.tick(timedelta(minutes=2))
        self.env["marketplace.parcel"]._cron_labels()
        self.labels(late)
        self.assertEqual(late.label_id.raw, b"%PDF S9002")

    def test_refusal_of_the_whole_call_costs_one_parcel_only(self):
        parcels = self.parcels("9001", "9002", "9003")
        labels = self.shop.label_file

        def file_of(ref):
            if ref == "S9002":
                raise Rejected("unknown_parcel")
            return labels(ref)

        self.shop.label_file = file_of
        self.labels(parcels)
        self.assertEqual(
            [bool(parcel.label_id) for parcel in parcels], [True, False, True]
        )

    # ------------------------------------------------------------ arrange

    def test_parcel_is_arranged_before_its_label_and_once(self):
        self.shop.offer(Feature.ARRANGE)
        parcels = self.parcels("9001", "9002")
        self.shop.broken_arrange["S9002"] = NotYet("no pick-up slot")
        self.labels(parcels)
        self.assertEqual(parcels.mapped("arranged_at")[0], parcels[0].arranged_at)
        self.assertTrue(parcels[0].label_id)
        self.assertFalse(parcels[1].label_id or parcels[1].arranged_at)
        self.assertIn("no pick-up slot", parcels[1].label_error)
        self.assertEqual(
            [c for c in self.shop.calls if c[0] == "labels"], [("labels", "S9001")]
        )
        self.shop.broken_arrange.clear()
        self.frozen.tick(timedelta(minutes=5))
        self.labels(parcels)
        self.assertTrue(parcels[1].label_id)
        arranged = [c[1:] for c in self.shop.calls if c[0] == "arrange"]
        self.assertEqual(arranged, [("S9001", "S9002"), ("S9002",)])

    def test_arranged_at_the_channel_already_is_not_asked(self):
        self.shop.offer(Feature.ARRANGE)
        self.labels(self.parcels("9001", state="label_ready"))
        self.assertEqual(self.shop.count("arrange"), 0)

    def test_channel_down_while_arranging_asks_for_no_label(self):
        self.shop.offer(Feature.ARRANGE)
        parcels = self.parcels("9001")
        self.shop.refuse_command["arrange"] = Transient("gateway")
        self.labels(parcels)
        self.assertEqual(self.shop.count("arrange"), 1)
        self.assertEqual(self.shop.count("labels"), 0)
        self.assertTrue(parcels.label_next_try)

    # ------------------------------------------------------------ own freight

    def test_own_tracking_is_told_once(self):
        parcel = self.own_parcel()
        parcel._cron_own_freight()
        row = self.commands(kind="own_tracking")
        self.assertEqual(len(row), 1)
        self.run_commands()
        [told] = self.shop.told
        self.assertEqual(told[:2] + told[3:4], ("own_tracking", "S9001", "BR123"))
        parcel._cron_own_freight()
        parcel._tell_tracking()
        self.assertEqual(len(self.commands()), 1)

    def test_tracking_that_comes_late_is_told_by_the_clock(self):
        parcel = self.own_parcel(code=False)
        self.assertFalse(self.commands())
        parcel.sale_order_ids.picking_ids.carrier_tracking_ref = "BR9"
        self.assertEqual(self.commands().args["code"], "BR9")

    def test_killed_tracking_is_read_back(self):
        self.own_parcel()
        self.shop.killed_after = "own_tracking"
        self.killed(self.run_commands)
        self.frozen.tick(timedelta(minutes=6))
        self.assertEqual(self.run_commands().state, "done")
        self.assertEqual(self.shop.count("own_tracking"), 1)

    def test_delivery_of_our_carrier_is_told(self):
        parcel = self.own_parcel()
        self.run_commands()
        with trap_jobs():
            parcel.sale_order_ids._b2c_log(
                Axis.PARCEL, ParcelState.DELIVERED, source="carrier", uid="pod-1"
            )
        self.run_commands(self.commands(kind="own_delivered"))
        self.assertEqual(self.shop.told[-1][:2], ("own_delivered", "S9001"))

    def test_channels_own_freight_is_not_told(self):
        sale = self.sale()
        with trap_jobs():
            sale._b2c_advance("stock")
        sale.picking_ids.write({"state": "done", "carrier_tracking_ref": "BR1"})
        self.env["marketplace.parcel"]._cron_own_freight()
        self.assertFalse(self.commands())

    def test_channel_that_takes_no_tracking_is_a_persons_task(self):
        self.shop.offer()
        self.own_parcel()
        row = self.commands()
        self.assertEqual(row.state, "manual")
        issue = self.open_issues(code="channel_command_manual")
        self.assertIn("BR123", issue.message)
        issue.with_user(self.operator).action_solve()
        self.assertEqual(row.state, "done")
