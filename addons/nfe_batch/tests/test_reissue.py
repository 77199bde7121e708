from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .contingency import SEND, ContingencyCase


@tagged("post_install", "-at_install")
class TestReissue(ContingencyCase):
    """A lost note's sale is issued again under a new number."""

    def _lost(self, kind):
        """A note that left half an hour ago, and a SEFAZ that is gone since."""
        document = self._confirm()
        self.sefaz.fault(SEND, kind)
        self._run_jobs(rounds=1)
        self.sefaz.pause(109)
        self._run_jobs(rounds=1)
        self._drop_jobs()
        self._enter()
        sent = document.sudo().nfe_attempt_ids.filtered(lambda row: row.kind == "send")
        sent.started -= timedelta(minutes=31)
        return document

    def _reissue(self, document):
        old_key = document.document_key
        document.with_user(self.manager).action_nfe_reissue()
        self._run_jobs(rounds=3)
        old = document.sudo().nfe_superseded_ids
        self.assertEqual(old.document_key, old_key)
        self.assertEqual(old.nfe_transmission, "unknown")
        return old

    def _home_is_back(self):
        self.sefaz.pause(None)
        self._ask_home()
        self.env["l10n_br_fiscal.document"].sudo().search(
            [("nfe_transmission", "=", "unknown")]
        ).action_nfe_retry()
        self._run_jobs()

    def test_old_note_was_authorised(self):
        document = self._lost("drop_after")
        number = document.document_number
        old = self._reissue(document)
        self.assertAuthorised(document)
        self.assertEqual(self._emission(document), "6")
        self.assertNotEqual(document.document_number, number)
        self.assertEqual(old.document_number, number)
        self.assertEqual(old.nfe_superseded_by_id, document)
        self._home_is_back()
        self.assertEqual(old.state_edoc, "cancelada")
        self.assertEqual(self.sefaz.note(old.document_key)["status"], "cancelled")
        self.assertAuthorised(document)
        self.assertEqual(len(self.sefaz.notes()), 2)

    def test_old_note_never_arrived(self):
        document = self._lost("reset")
        old = self._reissue(document)
        self.assertAuthorised(document)
        self._home_is_back()
        self.assertEqual(old.state_edoc, "cancelada")
        self.assertEqual(old.nfe_transmission, "done")
        self.assertIsNone(self.sefaz.note(old.document_key))
        self.assertEqual(old._nfe_fate().value, "abandoned")
        drawn = self.env["nfe.voiding"]._drawn_numbers(
            document.document_serie_id, fields.Datetime.now() - timedelta(days=1)
        )
        fates = {row.number: row.fate.value for row in drawn}
        self.assertEqual(fates[int(old.document_number)], "abandoned")
        self.assertEqual(fates[int(document.document_number)], "used")
        with self.assertRaisesRegex(UserError, "substituída"):
            old.with_user(self.user).action_document_back2draft()

    def test_refused(self):
        document = self._lost("reset")
        with self.assertRaises(AccessError):
            document.with_user(self.user).action_nfe_reissue()
        document.sudo().nfe_attempt_ids.started = fields.Datetime.now()
        with self.assertRaisesRegex(UserError, "meia hora"):
            document.with_user(self.manager).action_nfe_reissue()
        self.company._nfe_contingency()._leave("user")
        with self.assertRaisesRegex(UserError, "em contingência"):
            document.with_user(self.manager).action_nfe_reissue()
