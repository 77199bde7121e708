from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import NfeCase


@tagged("post_install", "-at_install")
class TestBatchBoard(NfeCase):
    """A load before its pick-up: what is through, what is left, until when."""

    lot_from = 50

    def _batch(self, documents, minutes=120, name="Rota Sul"):
        return (
            self.env["nfe.batch"]
            .with_user(self.user)
            ._nfe_batch_of(
                documents,
                name=name,
                deadline=fields.Datetime.now() + timedelta(minutes=minutes),
            )
        )

    def _counts(self, batch):
        batch.invalidate_recordset()
        return {
            name: batch[f"{name}_count"]
            for name in ("authorised", "rejected", "waiting", "unknown", "draft")
            if batch[f"{name}_count"]
        }

    def test_counts_follow_the_notes(self):
        confirmed = self._confirm(3)
        draft = self._make_document()
        batch = self._batch(confirmed | draft)
        self.assertEqual(self._counts(batch), {"waiting": 3, "draft": 1})
        self.assertEqual(batch.rate_source, "assumed")
        self.sefaz.fault("NFeAutorizacao4", "cstat", cstat=778)
        self.sefaz.fault("NFeAutorizacao4", "drop_after")
        self._run_jobs(rounds=1)
        self.assertEqual(
            self._counts(batch),
            {"authorised": 1, "rejected": 1, "unknown": 1, "draft": 1},
        )
        self.assertEqual(batch.rate_source, "measured")
        self.assertGreater(batch.rate, 0)
        self.assertEqual(batch.standing, "on_time")
        self.assertLess(batch.send_before, batch.deadline)

    def test_one_query_counts_all_batches(self):
        batches = self._batch(self._confirm(2), name="A")
        batches |= self._batch(self._confirm(1), name="B")
        self._counts(batches[0])
        batches.invalidate_recordset()
        self.env.flush_all()
        batches.mapped("company_id.partner_id")
        with self.assertQueryCount(2):
            batches.mapped("waiting_count")
            batches.mapped("rate")
        self.assertEqual(batches.mapped("waiting_count"), [2, 1])

    def test_pick_up_that_cannot_be_met(self):
        batch = self._batch(self._confirm(3), minutes=1)
        self.assertEqual(batch.standing, "at_risk")
        batch.deadline = fields.Datetime.now() - timedelta(minutes=1)
        self.assertEqual(batch.standing, "late")
        self._run_jobs(rounds=1)
        batch.invalidate_recordset()
        self.assertEqual(batch.standing, "done")

    def test_asked_for_twice_is_one_batch(self):
        documents = self._confirm(2)
        batch = self._batch(documents[0])
        self.assertEqual(self._batch(documents, minutes=60), batch)
        self.assertEqual(batch.document_ids, documents)
        batch.action_done()
        self.assertNotEqual(self._batch(self._confirm()), batch)

    def test_one_open_batch_at_a_time(self):
        document = self._confirm()
        first = self._batch(document)
        with self.assertRaisesRegex(UserError, "Rota Sul"):
            self._batch(document, name="Rota Norte")
        first.action_done()
        second = self._batch(document, name="Rota Norte")
        self.assertEqual(document.nfe_batch_id, second)

    def test_a_person_puts_notes_into_a_batch(self):
        documents = self._confirm(2)
        action = documents.action_nfe_batch_add()
        wizard = self.env["nfe.batch.add"].with_user(self.user)
        wizard = wizard.with_context(**action["context"]).create({})
        with self.assertRaisesRegex(UserError, "lote"):
            wizard.action_add()
        wizard.write({"name": "17 h", "deadline": "2026-11-23 20:00:00"})
        batch = self.env["nfe.batch"].browse(wizard.action_add()["res_id"])
        self.assertEqual(batch.document_ids, documents)

    def test_send_all_and_retry_what_was_corrected(self):
        documents = self._confirm(2)
        batch = self._batch(documents)
        self._drop_jobs()
        self.sefaz.fault("NFeAutorizacao4", "cstat", cstat=778)
        self.sefaz.fault("NFeAutorizacao4", "cstat", cstat=778)
        batch.action_send_ready()
        self._run_jobs()
        self.assertEqual(self._counts(batch), {"rejected": 2})
        said = batch.action_retry_rejected()["params"]
        self.assertIn("ainda não corrigida", said["message"])
        self.assertFalse(self._run_jobs())
        self.partner.street_name = "Rua Nova"
        batch.action_retry_rejected()
        self._run_jobs()
        self.assertEqual(self._counts(batch), {"authorised": 2})
        self.assertEqual(batch._documents_in_order(), documents)

    def test_labels_of_what_is_authorised_in_the_order_of_the_batch(self):
        documents = self._confirm(3)
        self._run_jobs()
        batch = self._batch(documents)
        documents[1].sudo().state_edoc = "cancelada"
        batch.action_print_labels()
        package = self.env["nfe.package"].search([("kind", "=", "labels")])
        printed = [["note", documents[0].id], ["note", documents[2].id]]
        self.assertEqual(package.plan, printed)
        self.assertEqual(package.state, "done")

    def test_other_company_sees_nothing(self):
        batch = self._batch(self._confirm())
        other = self.env["res.company"].create({"name": "Outra"})
        self.user.write(
            {"company_ids": [fields.Command.set(other.ids)], "company_id": other.id}
        )
        with self.assertRaises(AccessError):
            batch.with_context(allowed_company_ids=other.ids).read(["name"])
