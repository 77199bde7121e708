import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from odoo import SUPERUSER_ID, api
from odoo.tests import TransactionCase, tagged

from ..exceptions import NfePreflightError, NfeSeriesBusyError
from .common import NfeCase, NfeInvoiceCase


@tagged("post_install", "-at_install")
class TestNumbering(NfeCase):
    """A block of numbers for what is confirmed in one go."""

    def _numbers(self, documents):
        return [int(number) for number in documents.mapped("document_number")]

    def test_block(self):
        self.assertEqual(self._numbers(self._confirm(4)), [1, 2, 3, 4])
        self.assertEqual(self._numbers(self._confirm(2)), [5, 6])

    def test_series_is_locked_once(self):
        documents = self.env["l10n_br_fiscal.document"].with_user(self.user)
        for _index in range(3):
            documents += self._make_document()
        serie = type(self.env["l10n_br_fiscal.document.serie"])
        calls, original = [], serie._nfe_next_numbers

        def counted(series, count):
            calls.append(count)
            return original(series, count)

        self.patch(serie, "_nfe_next_numbers", counted)
        documents.action_document_confirm()
        self.assertEqual(calls, [3])

    def test_taken_and_void_numbers_are_passed_over(self):
        serie = self._make_document().document_serie_id
        self._make_document(document_number="2", document_serie="1")
        self.env["nfe.voiding"].create(
            {
                "company_id": self.company.id,
                "document_serie_id": serie.id,
                "number_first": 4,
                "number_last": 5,
                "reason": "Quebra da numeracao da serie",
            }
        ).state = "authorized"
        self.assertEqual(self._numbers(self._confirm(4)), [1, 3, 6, 7])

    def test_one_bad_document_uses_no_number(self):
        good, bad = self._make_document(), self._make_document()
        bad.partner_id = self._make_partner("Ana", "39053344705", zip_code="123")
        with self.assertRaises(NfePreflightError), self.env.cr.savepoint():
            (good + bad).action_document_confirm()
        self.assertFalse(good.document_number)
        self.assertEqual(self._numbers(self._confirm()), [1])

    def test_number_is_kept_in_draft(self):
        document = self._confirm()
        document.action_document_back2draft()
        document.action_document_confirm()
        self.assertEqual(self._numbers(document), [1])


@tagged("post_install", "-at_install")
class TestInvoiceNumbering(NfeInvoiceCase):
    def test_invoices_posted_together_draw_once(self):
        invoices = self._make_invoice() + self._make_invoice()
        serie = type(self.env["l10n_br_fiscal.document.serie"])
        calls, original = [], serie._nfe_next_numbers

        def counted(series, count):
            calls.append(count)
            return original(series, count)

        self.patch(serie, "_nfe_next_numbers", counted)
        invoices.action_post()
        self.assertEqual(calls, [2])
        numbers = invoices.fiscal_document_id.mapped("document_number")
        self.assertEqual(sorted(numbers), ["1", "2"])


@tagged("post_install", "-at_install")
class TestParallelNumbering(TransactionCase):
    """Several real connections draw from one series, some are rolled back."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            serie = env["l10n_br_fiscal.document.serie"].create(
                {
                    "code": "977",
                    "name": "Parallel",
                    "document_type_id": env.ref("l10n_br_fiscal.document_55").id,
                }
            )
            self.serie_id = serie.id
        self.addCleanup(self._forget)

    def _forget(self):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            serie = env["l10n_br_fiscal.document.serie"].browse(self.serie_id)
            sequence = serie.internal_sequence_id
            serie.unlink()
            sequence.unlink()

    def _series(self):
        """The series on a connection of its own."""
        cr = self.registry.cursor()
        self.addCleanup(cr.close)
        env = api.Environment(cr, SUPERUSER_ID, {})
        return env["l10n_br_fiscal.document.serie"].browse(self.serie_id)

    @staticmethod
    def _draw(serie, count, *, fail):
        """Draw in a transaction; what was drawn for good."""
        for _try in range(2000):
            try:
                numbers = serie._nfe_next_numbers(count)
            except NfeSeriesBusyError:
                serie.env.cr.rollback()
                serie.env.invalidate_all(flush=False)
                time.sleep(0.002)
                continue
            if fail:
                serie.env.cr.rollback()
                numbers = []
            serie.env.cr.commit()
            serie.env.invalidate_all(flush=False)
            return numbers
        raise AssertionError("the series stays locked")

    def test_four_at_the_same_time(self):
        series = [self._series() for _worker in range(4)]
        barrier = Barrier(4)

        def work(worker):
            drawn = []
            barrier.wait()
            for round_ in range(5):
                fail = (worker + round_) % 4 == 0
                drawn += self._draw(series[worker], 3, fail=fail)
            return drawn

        with ThreadPoolExecutor(4) as pool:
            drawn = [n for rows in pool.map(work, range(4)) for n in rows]
        self.assertEqual(sorted(map(int, drawn)), list(range(1, len(drawn) + 1)))
        self.assertEqual(len(drawn), 4 * 5 * 3 - 5 * 3)

    def test_second_one_is_told_at_once(self):
        first, second = self._series(), self._series()
        self.assertEqual(first._nfe_next_numbers(2), ["1", "2"])
        with self.assertRaises(NfeSeriesBusyError):
            second._nfe_next_numbers(1)
        first.env.cr.rollback()
        # The transaction of the second is as good as before.
        self.assertEqual(second._nfe_next_numbers(1), ["1"])
        second.env.cr.rollback()
