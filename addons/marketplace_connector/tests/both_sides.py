from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import Rejected
from .shop import NOW


class BothSides:
    """Screens: who has which NF-e, and what the channel says against what we say."""

    # ------------------------------------------------------------ given

    @property
    def watcher(self):
        """Somebody who only looks."""
        return self.env["res.users"].search(
            [("login", "=", "watcher")]
        ) or new_test_user(
            self.env,
            login="watcher",
            groups="marketplace_connector.marketplace_connector_group_user",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )

    def insure(self):
        partner = self.env["res.partner"].create(
            {"name": "Seguradora", "email": "sinistro@example.com"}
        )
        self.env["nfe.receiver"].create(
            {
                "company_id": self.company.id,
                "partner_id": partner.id,
                "role": "insurer",
                "every_note": True,
                "sla_hours": 1,
            }
        )

    def who_has(self, row):
        """Rows of the screen by partner, as a plain user sees them."""
        screen = self.env["marketplace.fiscal.delivery"].with_user(self.watcher)
        self.env.flush_all()
        rows = screen.search([("document_id", "=", row.document_id.id)])
        rows.invalidate_recordset()
        return {one.role: one for one in rows}

    def mailed(self, row):
        """The insurer's mail as the authorisation plans it."""
        self.insure()
        document = row.document_id
        event = self.env["l10n_br_fiscal.event"].create(
            {
                "company_id": self.company.id,
                "environment": "hml",
                "type": "0",
                "document_id": document.id,
                "document_type_id": document.document_type_id.id,
                "document_serie_id": document.document_serie_id.id,
                "document_number": document.document_number,
                "protocol_date": fields.Datetime.now(),
            }
        )
        document.authorization_event_id = event
        with trap_jobs():
            event._nfe_queue_mail("nfe_batch.mail_template_note")
        return self.env["nfe.delivery"].search([("event_id", "=", event.id)])

    def test_one_screen_shows_every_partner_of_a_note(self):
        row = self.authorised()
        mail = self.mailed(row)
        rows = self.who_has(row)
        self.assertEqual(set(rows), {"marketplace", "insurer"})
        self.assertEqual({one.state for one in rows.values()}, {"waiting"})
        self.assertEqual(rows["insurer"].destination, "sinistro@example.com")
        self.send(row)
        mail._note_sent("")
        rows = self.who_has(row)
        self.assertEqual({one.state for one in rows.values()}, {"received"})
        self.assertEqual(rows["marketplace"].receipt, "I1")
        self.assertTrue(rows["insurer"].received_at)

    def test_what_was_promised_earlier_is_red(self):
        row = self.authorised()
        self.mailed(row)
        screen = self.env["marketplace.fiscal.delivery"].with_user(self.watcher)
        mine = [("document_id", "=", row.document_id.id), ("overdue", "=", True)]
        self.env.flush_all()
        self.assertFalse(screen.search(mine))
        self.frozen.tick(timedelta(hours=1, minutes=1))
        self.assertEqual(screen.search(mine).mapped("role"), ["insurer"])
        row.parcel_id.ship_by = NOW.replace(tzinfo=None) + timedelta(minutes=30)
        self.env.flush_all()
        late = screen.search(mine)
        late.invalidate_recordset()
        self.assertEqual(set(late.mapped("role")), {"insurer", "marketplace"})
        self.assertTrue(all(late.mapped("overdue")))

    def test_sent_again_from_the_screen(self):
        row = self.authorised()
        mail = self.mailed(row)
        self.shop.refuse["S9001"] = Rejected("nfe_order_value_divergence")
        self.send(row)
        mail._note_sent("no such mailbox")
        rows = self.who_has(row)
        states = {role: one.state for role, one in rows.items()}
        self.assertEqual(states, {"marketplace": "rejected", "insurer": "failed"})
        both = rows["marketplace"] + rows["insurer"]
        with trap_jobs():
            both.action_send_again()
        self.assertEqual((row.state, mail.state), ("waiting", "waiting"))

    def test_customers_address_is_not_shown(self):
        row = self.authorised()
        mail = self.mailed(row)
        mail.write({"role": "customer", "email": "maria@example.com"})
        self.assertFalse(self.who_has(row)["customer"].destination)

    def differing(self, sale):
        sale.invalidate_recordset()
        rows = sale.with_user(self.watcher)._marketplace_side_rows()
        return {row["what"] for row in rows if row["differs"]}

    def test_both_sides_agree_after_reading(self):
        sale = self.sale()
        self.assertEqual(self.differing(sale), set())
        html = sale.with_user(self.watcher).with_context(lang="pt_BR")
        self.assertIn("CAD-1", html.marketplace_sides)
        self.assertIn("Canal", html.marketplace_sides)

    def test_what_differs_is_marked(self):
        row = self.authorised()
        sale = row.sale_order_ids
        self.assertEqual(self.differing(sale), {"note"})
        self.send(row)
        self.assertEqual(self.differing(sale), set())
        binding = sale.marketplace_order_ids
        binding.write({"total": 150.0, "state": "cancelled", "line_data": []})
        self.assertEqual(self.differing(sale), {"order", "total", "line"})
        row.parcel_id.label_voided = True
        self.assertIn("label", self.differing(sale))
