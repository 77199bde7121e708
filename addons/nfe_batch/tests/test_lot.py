from datetime import timedelta

from odoo.tests import tagged

from .common import NfeCase


@tagged("post_install", "-at_install")
class TestLot(NfeCase):
    """Two notes or more go as a lot, whose result is asked for later."""

    def setUp(self):
        super().setUp()
        self.sefaz.configure(lot_seconds=1)

    def _kinds(self):
        return self.env["nfe.attempt"].search([], order="id").mapped("kind")

    def test_lot_of_three(self):
        documents = self._confirm(3)
        self._run_jobs(rounds=1)
        self.assertEqual(set(documents.mapped("nfe_transmission")), {"sending"})
        lot = documents.nfe_attempt_ids
        self.assertEqual(
            (lot.kind, lot.state, lot.status_code), ("send", "waiting", "103")
        )
        self.sefaz.clock.advance(timedelta(seconds=5))
        self._run_jobs()
        for document in documents:
            self.assertAuthorised(document)
        self.assertEqual(lot.state, "done")
        self.assertEqual(self._kinds(), ["send", "receipt"])

    def test_still_processing_asks_again(self):
        self.sefaz.configure(lot_seconds=60)
        documents = self._confirm(2)
        self._run_jobs(rounds=2)
        self.assertEqual(set(documents.mapped("nfe_transmission")), {"sending"})
        self.sefaz.clock.advance(timedelta(seconds=90))
        self._run_jobs()
        for document in documents:
            self.assertAuthorised(document)
        self.assertGreaterEqual(self._kinds().count("receipt"), 2)

    def test_one_bad_note_in_a_lot(self):
        documents = self._confirm(2)
        # A note of another day: the SEFAZ refuses what is older than 30 days.
        old = self._make_document()
        old.document_date = old.document_date or "2026-01-05 12:00:00"
        old.action_document_confirm()
        self._drop_jobs()
        (documents + old)._nfe_queue_send()
        self._run_jobs(rounds=1)
        self.sefaz.clock.advance(timedelta(seconds=5))
        self._run_jobs()
        for document in documents:
            self.assertAuthorised(document)
        self.assertEqual(old.state_edoc, "rejeitada")
        self.assertEqual(old.nfe_problem_code, "sefaz_228")

    def test_a_job_takes_what_waits_along(self):
        first = self._confirm()
        second = self._confirm()
        with self.enter_registry_test_mode():
            first._nfe_send()
        self.assertEqual(second.nfe_transmission, "sending")
        self.assertEqual(first.nfe_attempt_ids, second.nfe_attempt_ids)

    def test_lost_poll_is_found_by_the_cron(self):
        documents = self._confirm(2)
        self._run_jobs(rounds=1)
        self._drop_jobs()
        self.sefaz.clock.advance(timedelta(seconds=5))
        documents.sudo().nfe_attempt_ids.next_poll -= timedelta(minutes=10)
        self.env["l10n_br_fiscal.document"]._nfe_cron_recover()
        self._run_jobs()
        for document in documents:
            self.assertAuthorised(document)


@tagged("post_install", "-at_install")
class TestOneByOne(NfeCase):
    """Fewer notes than a lot is worth are decided each in its call."""

    lot_from = 4

    def sent(self):
        return self.env["nfe.attempt"].search([], order="id").mapped("document_count")

    def test_few_notes_go_one_by_one(self):
        documents = self._confirm(3)
        self._run_jobs(rounds=1)
        for document in documents:
            self.assertAuthorised(document)
        self.assertEqual(self.sent(), [1, 1, 1])

    def test_enough_notes_are_a_lot(self):
        documents = self._confirm(4)
        self._run_jobs(rounds=1)
        self.assertEqual(set(documents.mapped("nfe_transmission")), {"sending"})
        self.assertEqual(self.sent(), [4])

    def test_backlog_of_single_notes_becomes_a_lot(self):
        for _note in range(4):
            self._confirm()
        self._run_jobs(rounds=1)
        self.assertEqual(self.sent(), [4])

    def test_refused_note_stops_no_other(self):
        refused, other = self._confirm(2)
        self.sefaz.fault("NFeAutorizacao4", "cstat", cstat=778)
        self._run_jobs(rounds=1)
        self.assertEqual(refused.nfe_problem_code, "sefaz_778")
        self.assertAuthorised(other)
