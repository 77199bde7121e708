from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..domain.retry import MAX_UNCHANGED
from .common import NfeCase


@tagged("post_install", "-at_install")
class TestRejections(NfeCase):
    """Refused notes by code, with what to do, and again all at once."""

    lot_from = 50

    def _refuse(self, count, cstat=778):
        documents = self._confirm(count)
        for _index in range(count):
            self.sefaz.fault("NFeAutorizacao4", "cstat", cstat=cstat)
        self._run_jobs()
        return documents

    def _groups(self):
        self.env.flush_all()
        return self.env["nfe.rejection"].with_user(self.user).search([])

    def test_grouped_by_code_with_a_hint(self):
        refused = self._refuse(2)
        self._refuse(1, cstat=805)
        groups = self._groups()
        self.assertEqual(
            [(group.code, group.document_count) for group in groups],
            [("sefaz_778", 2), ("sefaz_805", 1)],
        )
        group = groups[0]
        self.assertEqual(group.title, "Rejeição 778")
        self.assertIn("NCM", group.hint)
        self.assertEqual(group.oldest, min(refused.mapped("document_date")))
        self.assertEqual(group._documents(), refused)
        self.assertEqual(refused[0].nfe_hint, group.hint)

    def test_a_bad_note_does_not_stop_the_others(self):
        documents = self._refuse(2)
        taken = self._refuse(1, cstat=539)
        bad = self._make_partner("Ana", "39053344705", zip_code="1")
        documents[0].partner_id = bad
        result = (documents | taken).action_nfe_retry_all()["params"]
        self.assertIn("1 de 3", result["title"])
        self.assertIn("CEP", result["message"])
        self.assertIn("ocupado na SEFAZ", result["message"])
        self._run_jobs()
        self.assertAuthorised(documents[1])
        self.assertEqual(documents[0].state_edoc, "rejeitada")

    def test_unchanged_notes_stop_far_below_the_limit(self):
        document = self._refuse(1)
        for _index in range(MAX_UNCHANGED + 1):
            self.sefaz.fault("NFeAutorizacao4", "cstat", cstat=778)
        for _index in range(MAX_UNCHANGED - 1):
            self._groups().action_retry()
            self.assertEqual(self._run_jobs(), ["_nfe_send"])
        said = self._groups().action_retry()["params"]["message"]
        self.assertIn("656", said)
        self.assertFalse(self._run_jobs())
        self.assertEqual(len(document.nfe_attempt_ids), MAX_UNCHANGED)

    def test_drafts_and_authorised_are_told(self):
        done = self._confirm()
        self._run_jobs()
        draft = self._make_document()
        said = (done | draft).action_nfe_retry_all()["params"]["message"]
        self.assertIn("rascunho", said)
        self.assertFalse(self._run_jobs())

    def test_only_users_of_the_nfe(self):
        document = self._refuse(1)
        clerk = new_test_user(
            self.env,
            "nfe_clerk",
            groups="base.group_user,l10n_br_fiscal.group_user",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        with self.assertRaises(AccessError):
            document.with_user(clerk).action_nfe_retry_all()
        with self.assertRaises(AccessError):
            self.env["nfe.rejection"].with_user(clerk).search([])
