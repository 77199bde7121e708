from odoo.tests import tagged
from odoo.tools import SQL

from ..domain import search_term
from .common import NfeCase

REASON = "Cliente desistiu da compra"


@tagged("post_install", "-at_install")
class TestDocumentScreen(NfeCase):
    """A note tells its history, and is found by whatever is known of it."""

    def _found(self, text):
        documents = self.env["l10n_br_fiscal.document"].with_user(self.user)
        return documents.search([("nfe_search", "ilike", text)])

    def test_history_in_words(self):
        document = self._confirm()
        self.sefaz.fault("NFeAutorizacao4", "cstat", cstat=778)
        self._run_jobs()
        self.partner.street_name = "Rua Nova"
        document.action_nfe_retry()
        self._run_jobs()
        document._nfe_queue_cancel(REASON)
        self._run_jobs()
        document.invalidate_recordset()
        history = str(document.nfe_timeline)
        facts = ["Documento criado", "778", "100", document.authorization_protocol]
        places = [history.find(fact) for fact in facts]
        self.assertNotIn(-1, places, history)
        self.assertLess(places[0], places[1])
        self.assertLess(places[1], places[2])
        self.assertIn(REASON, history)
        self.assertEqual(document.nfe_attempt_count, 3)

    def test_found_however_it_is_typed(self):
        document, other = self._confirm(2)
        self.partner_sp.vat = "11144477735"
        third = self._confirm(partner=self.partner_sp)
        key = document.document_key
        spaced = " ".join(key[at : at + 4] for at in range(0, 44, 4))
        for text in (key, spaced, key[25:43]):
            self.assertEqual(self._found(text), document, text)
        number = document.document_number
        for text in (number, number.zfill(9)):
            self.assertIn(document, self._found(text))
            self.assertNotIn(other, self._found(text))
        for text in ("11144477735", "111.444.777-35"):
            self.assertEqual(self._found(text), third, text)
        self.assertFalse(self._found("111.444.777"))
        self.assertFalse(self._found("S99999"))

    def test_indexes_serve_the_search(self):
        self._confirm()
        documents = self.env["l10n_br_fiscal.document"]
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        for text, indexes in {
            "3" * 44: ["document_key"],
            "12345678901234567890": ["key_trigram", "invoice_origin"],
            "123456": ["document_number", "invoice_origin"],
            "529.982.247-25": ["key_trigram", "cnpj_cpf_stripped", "invoice_origin"],
        }.items():
            readings = documents._nfe_readings(search_term.read(text))
            self.assertEqual(len(readings), len(indexes))
            for reading, index in zip(readings, indexes, strict=True):
                query = documents._search(reading)
                rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
                plan = "\n".join(line for (line,) in rows)
                self.assertIn(index, plan)
