from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from ..domain.contingency import Mode
from .common import NfeInvoiceCase

REASON = "Cliente desistiu da compra"


@tagged("post_install", "-at_install")
class TestInvoice(NfeInvoiceCase):
    """Invoices: posted together they travel together; cancelling goes through the
    SEFAZ.
    """

    def test_posted_together_is_one_job(self):
        moves = self._make_invoice() + self._make_invoice() + self._make_invoice()
        moves.action_post()
        self.assertEqual(set(moves.mapped("state")), {"posted"})
        self.assertEqual(set(moves.mapped("nfe_transmission")), {"ready"})
        self.assertEqual(self._run_jobs(rounds=1), ["_nfe_send"])

    def test_authorised_shows_on_the_invoice(self):
        move = self._make_invoice()
        move.action_post()
        self._run_jobs()
        self.assertAuthorised(move.fiscal_document_id)
        self.assertEqual(move.nfe_transmission, "done")
        self.assertTrue(move.action_nfe_open_label())
        self.assertEqual(move.amount_total, move.fiscal_amount_total)

    def test_expired_certificate_does_not_stop_the_invoice(self):
        self.company.certificate_id = False
        move = self._make_invoice()
        move.action_post()
        self.assertEqual(move.state, "posted")
        self.assertEqual(move.nfe_problem_code, "certificate_missing")

    def test_cancelling_the_invoice_alone_is_refused(self):
        move = self._make_invoice()
        move.action_post()
        self._run_jobs()
        with self.assertRaisesRegex(UserError, "está autorizada"):
            move.button_cancel()

    def test_cancellation_cancels_the_invoice(self):
        move = self._make_invoice()
        move.action_post()
        self._run_jobs()
        document = move.fiscal_document_id
        document._nfe_queue_cancel(REASON)
        self._run_jobs()
        self.assertEqual(document.state_edoc, "cancelada", document.nfe_problem)
        self.assertEqual(move.state, "cancel")

    def test_forms_open(self):
        move = self._make_invoice()
        move.action_post()
        self._run_jobs()
        for record in (move, move.fiscal_document_id):
            arch = record.get_view(view_type="form")["arch"]
            self.assertIn("nfe_attempt_ids", arch)

    def test_issued_again_under_a_new_number(self):
        """The invoice keeps its document, which takes the number; see TestReissue."""
        move = self._make_invoice()
        move.action_post()
        document, number = move.fiscal_document_id, move.document_number
        total = move.fiscal_amount_total
        self.sefaz.fault("NFeAutorizacao4", "drop_after")
        self._run_jobs(rounds=1)
        self._drop_jobs()
        log = self.env["nfe.contingency"]
        self.sefaz.pause(None, "svc-an")
        log._enter(self.company, Mode.SVC, "SEFAZ sem resposta desde cedo", "user")
        document.sudo().nfe_attempt_ids.started -= timedelta(hours=1)
        manager = new_test_user(
            self.env,
            "nfe_manager",
            groups="account.group_account_invoice,nfe_batch.nfe_batch_group_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        move.with_user(manager).action_nfe_reissue()
        self._run_jobs()
        self.assertEqual(move.fiscal_document_id, document)
        self.assertEqual((move.state, move.state_edoc), ("posted", "autorizada"))
        self.assertNotEqual(move.document_number, number)
        self.assertEqual(move.fiscal_amount_total, total)
        old = document.sudo().nfe_superseded_ids
        self.assertEqual((old.document_number, old.move_ids.ids), (number, []))
        self.assertEqual(old.state_edoc, "cancelada")
        self.assertEqual(len(self.sefaz.notes()), 2)

    # === l10n_br_account's context flag, see models/ir_rule.py === #

    def test_invoices_with_and_without_document_are_found(self):
        invoice = self._make_invoice()
        moves = self.env["account.move"].with_user(self.user)
        plain = moves.create({"move_type": "entry", "company_id": self.company.id})
        self.assertTrue(invoice.fiscal_document_id)
        self.assertFalse(plain.fiscal_document_id)
        self.assertEqual(moves.search([]) & (invoice + plain), invoice + plain)
