"""Rows of the failure matrix that concern one note; see also ``test_unknown``,
``test_unavailable``, ``test_lot``, ``test_reject``, ``test_cancel``."""

from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from .. import const
from .common import NfeCase

SEND, CONSULT = "NFeAutorizacao4", "NFeConsultaProtocolo4"
RECEIPT, STATUS = "NFeRetAutorizacao4", "NFeStatusServico4"
MINUTES_AGO = timedelta(minutes=3)


class FailureCase(NfeCase):
    """What must never happen is read from the SEFAZ's log."""

    lot_from = 10

    def _calls(self, service):
        return [row for row in self.sefaz.log() if row["service"] == service]

    def _services(self):
        return [row["service"] for row in self.sefaz.log()]

    def _job(self, documents, method, *args):
        with self.enter_registry_test_mode():
            getattr(documents, method)(*args)

    def _forget(self, document):
        """As a restored backup would be: the SEFAZ has what we forgot."""
        document.sudo().write({"nfe_transmission": "ready", "state_edoc": "a_enviar"})

    def assertOneNumberOneKey(self, document, number, key):
        self.assertEqual(
            (document.document_number, document.document_key), (number, key)
        )
        keys = {key for row in self.sefaz.log() for key in row["keys"]}
        self.assertLessEqual(keys, {key})


@tagged("post_install", "-at_install")
class TestLostNote(FailureCase):
    """Timeout, reset, 5xx, truncated: consult; 217 for two minutes: the same bytes."""

    def setUp(self):
        super().setUp()
        self.patch(const, "PATIENCE", timedelta(minutes=2))

    def _lose(self, kind):
        document = self._confirm()
        self.sefaz.fault(SEND, kind)
        self._run_jobs(rounds=1)
        self.assertEqual(document.nfe_transmission, "unknown")
        self._drop_jobs()
        return document

    def test_absent_note_waits_before_it_goes_again(self):
        document = self._lose("drop_before")
        number, key = document.document_number, document.document_key
        signed = document.nfe_signed_id.raw
        for _question in range(2):
            self._job(document, "_nfe_recover")
            self.assertEqual(document.nfe_transmission, "unknown")
        self.assertEqual(self._services(), [SEND, CONSULT, CONSULT])
        # Two minutes pass since the first 217.
        for attempt in document.sudo().nfe_attempt_ids:
            attempt.finished -= MINUTES_AGO
        self._job(document, "_nfe_recover")
        self._drop_jobs()
        self.assertEqual(document.nfe_transmission, "ready")
        self._job(document, "_nfe_send")
        self.assertAuthorised(document)
        self.assertIn(signed, document.nfe_proc_id.raw)
        self.assertOneNumberOneKey(document, number, key)

    def test_each_way_to_lose_an_answer(self):
        for kind in ("drop_after", "reset_after", "truncate"):
            with self.subTest(kind):
                document = self._lose(kind)
                self._job(document, "_nfe_recover")
                self.assertAuthorised(document)
        self.assertEqual(len(self._calls(SEND)), 3)

    def test_old_absence_does_not_count_for_a_new_sending(self):
        document = self._lose("drop_before")
        self._job(document, "_nfe_recover")
        for attempt in document.sudo().nfe_attempt_ids:
            attempt.finished -= MINUTES_AGO
        self._job(document, "_nfe_recover")
        self._drop_jobs()
        self.sefaz.fault(SEND, "drop_before")
        self._job(document, "_nfe_send")
        self._job(document, "_nfe_recover")
        self.assertEqual(document.nfe_transmission, "unknown")
        self.assertEqual(len(self._calls(SEND)), 2)

    def test_same_number_in_process_is_asked_for(self):
        document = self._confirm()
        self.sefaz.fault(SEND, "cstat", cstat=635)
        self._run_jobs(rounds=1)
        self.assertEqual(document.nfe_transmission, "unknown")
        self._drop_jobs()
        self._job(document, "_nfe_recover")
        self.assertEqual(document.nfe_transmission, "unknown")
        self.assertEqual(len(self._calls(SEND)), 1, "635 is never answered by sending")


@tagged("post_install", "-at_install")
class TestDuplicate(FailureCase):
    """204 and 539: what the SEFAZ has is adopted when it is ours, else alarm."""

    def _twin(self, **changes):
        """An authorised note whose document forgot it and has another key now."""
        document = self._confirm()
        self._run_jobs()
        key = document.document_key
        self._forget(document)
        self.partner.write(changes)
        document.sudo().document_key = False
        document.sudo()._generate_key()
        document.sudo()._nfe_sign()
        self.assertNotEqual(document.document_key, key)
        self._job(document, "_nfe_send")
        return document, key

    @mute_logger("odoo.addons.nfe_batch.models.fiscal_document_result")
    def test_204_with_other_contents_is_an_alarm(self):
        document = self._confirm()
        self._run_jobs()
        self._forget(document)
        self.partner.street_name = "Rua Nova"
        document.sudo()._nfe_sign()
        self._job(document, "_nfe_send")
        self._run_jobs()
        self.assertEqual(document.nfe_problem_code, "digest_mismatch")
        self.assertEqual(document.nfe_transmission, "done")
        with self.assertRaisesRegex(Exception, "não está claro|ocupado"):
            document.sudo().state_edoc = "rejeitada"
            document.action_nfe_retry()
        self.assertEqual(len(self._calls(SEND)), 2)

    def test_539_of_the_same_note_is_adopted(self):
        document, key = self._twin()
        self._run_jobs()
        self.assertEqual(document.document_key, key)
        self.assertAuthorised(document)
        self.assertEqual(len(self._calls(SEND)), 2, "adopted, not sent again")

    def test_539_of_another_note_is_an_alarm(self):
        document, key = self._twin(street_name="Rua Nova")
        self._run_jobs()
        self.assertEqual(document.nfe_problem_code, "duplicate_other_key")
        self.assertIn(key, document.nfe_problem)
        self.assertNotEqual(document.document_key, key)
        self.assertEqual(len(self._calls(SEND)), 2)

    def test_consult_that_names_another_key(self):
        document, key = self._twin()
        self._drop_jobs()
        own = document.nfe_attempt_ids[0].sudo()
        self.assertEqual(own.status_code, "539")
        document.sudo().write({"nfe_transmission": "unknown"})
        self._job(document, "_nfe_recover")
        self.assertEqual(document.document_key, key)
        self.assertAuthorised(document)


@tagged("post_install", "-at_install")
class TestRefusals(FailureCase):
    """What the SEFAZ refuses for good, and how often it may be asked."""

    def test_five_refusals_an_hour(self):
        document = self._confirm()
        self.sefaz.fault(SEND, "cstat", cstat=778, times=9)
        self._run_jobs()
        for _retry in range(6):
            document.action_nfe_retry()
            self._run_jobs(rounds=1)
        self.assertEqual(len(self._calls(SEND)), const.MAX_SENDS_AN_HOUR)
        self.assertEqual(document.nfe_problem_code, "too_many_tries")
        self.assertTrue(document.nfe_next_try)
        for attempt in document.sudo().nfe_attempt_ids:
            attempt.started -= timedelta(hours=1)
        document.action_nfe_retry()
        self._run_jobs(rounds=1)
        self.assertEqual(len(self._calls(SEND)), const.MAX_SENDS_AN_HOUR + 1)

    def test_refused_note_is_not_sent_by_itself(self):
        document = self._confirm()
        self.sefaz.fault(SEND, "cstat", cstat=778)
        self._run_jobs()
        self.env["l10n_br_fiscal.document"]._nfe_cron_retry()
        self.env["l10n_br_fiscal.document"]._nfe_cron_recover()
        self._run_jobs()
        self.assertEqual(document.state_edoc, "rejeitada")
        self.assertEqual(len(self._calls(SEND)), 1)

    def test_denied_note_uses_its_number_up(self):
        document = self._confirm()
        self.sefaz.fault(SEND, "cstat", cstat=110)
        self._run_jobs()
        self.assertEqual(document.state_edoc, "denegada")
        document.action_nfe_retry()
        self._run_jobs()
        self.assertEqual(len(self._calls(SEND)), 1)
        self.assertEqual(document._nfe_fate().value, "used", "never voided")

    def test_note_of_the_future(self):
        document = self._confirm()
        self.sefaz.clock.advance(timedelta(hours=-1))
        self._run_jobs()
        self.sefaz.clock.advance(timedelta(hours=1))
        self.assertEqual(document.nfe_problem_code, "sefaz_703")
        self.assertIn("NTP", document.nfe_problem)
        number, key = document.document_number, document.document_key
        document.action_nfe_retry()
        self._run_jobs()
        self.assertAuthorised(document)
        self.assertOneNumberOneKey(document, number, key)

    def test_event_of_the_future(self):
        document = self._confirm()
        self._run_jobs()
        self.sefaz.fault("NFeRecepcaoEvento4", "cstat", cstat=578)
        self._job(document, "_nfe_cancel", "Cliente desistiu da compra")
        self.assertEqual(document.state_edoc, "autorizada")
        self.assertIn("NTP", document.nfe_problem)


@tagged("post_install", "-at_install")
class TestLostLot(FailureCase):
    """106, and a lot that is refused as a whole."""

    lot_from = 2

    def setUp(self):
        super().setUp()
        self.patch(const, "PATIENCE", timedelta(minutes=2))
        self.sefaz.configure(lot_seconds=60)

    def test_unknown_receipt_is_no_failure(self):
        documents = self._confirm(2)
        self._run_jobs(rounds=1)
        self._drop_jobs()
        self.sefaz.fault(RECEIPT, "cstat", cstat=106)
        self._job(documents.nfe_attempt_ids, "_poll")
        self.assertEqual(set(documents.mapped("nfe_transmission")), {"unknown"})
        self._drop_jobs()
        self._job(documents, "_nfe_recover")
        self.assertEqual(set(documents.mapped("nfe_transmission")), {"unknown"})
        self._drop_jobs()
        self.sefaz.clock.advance(timedelta(seconds=90))
        self._job(documents, "_nfe_recover")
        for document in documents:
            self.assertAuthorised(document)
        self.assertEqual(len(self._calls(SEND)), 1, "never sent again")

    def test_one_bad_note_spoils_no_lot_twice(self):
        documents = self._confirm(3)
        self.sefaz.fault(SEND, "cstat", cstat=225, times=2)
        self._run_jobs(rounds=1)
        self.assertEqual(set(documents.mapped("nfe_problem_code")), {"lot_refused"})
        self._run_jobs()
        bad = documents.filtered(lambda doc: doc.state_edoc == "rejeitada")
        self.assertEqual(len(bad), 1)
        self.assertEqual(bad.nfe_problem_code, "sefaz_225")
        for document in documents - bad:
            self.assertAuthorised(document)
        sizes = [len(row["keys"]) for row in self._calls(SEND)]
        self.assertEqual(sizes, [3, 1, 1, 1])

    def test_quarantine_outlives_a_lost_job(self):
        documents = self._confirm(2)
        self.sefaz.fault(SEND, "cstat", cstat=225)
        self._run_jobs(rounds=1)
        self._drop_jobs()
        self.env["l10n_br_fiscal.document"]._nfe_cron_retry()
        self._run_jobs()
        for document in documents:
            self.assertAuthorised(document)
        self.assertEqual([len(row["keys"]) for row in self._calls(SEND)], [2, 1, 1])
