from psycopg2.errors import SerializationFailure

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.l10n_br_fiscal.constants.fiscal import DOCUMENT_ISSUER_COMPANY

from ..exceptions import NfeSeriesBusyError
from .nfe_voiding import LIVE_STATES


class DocumentSerie(models.Model):
    """Numbers without gaps, whoever draws them at the same time.

    A block of numbers is drawn under the lock of the series, which lasts as long as
    the transaction: when it is rolled back, its numbers are free again. Whoever comes
    meanwhile does not wait, but tries again as a whole: after a wait his snapshot
    would be older than the numbers that were drawn.
    """

    _inherit = "l10n_br_fiscal.document.serie"

    def _nfe_next_numbers(self, count):
        """Draw the next numbers of the series.

        :param int count: how many
        :return: list of texts, ascending
        :raises NfeSeriesBusyError: another transaction draws from the series
        """
        self.ensure_one()
        if not self._nfe_is_plain():
            return [self.next_seq_number() for _index in range(count)]
        upcoming = self._nfe_lock_numbers()
        numbers = []
        while len(numbers) < count:
            block = range(upcoming, upcoming + count - len(numbers))
            taken = self._nfe_taken_numbers(block)
            numbers += [str(number) for number in block if number not in taken]
            upcoming = block.stop
        sequence = self.internal_sequence_id
        self.env.cr.execute(
            SQL(
                "UPDATE ir_sequence SET number_next = %s WHERE id = %s",
                upcoming,
                sequence.id,
            )
        )
        sequence.invalidate_recordset(["number_next", "number_next_actual"])
        return numbers

    def _nfe_is_plain(self):
        """True for the sequence that the OCA makes: 1, 2, 3 without gaps."""
        sequence = self.internal_sequence_id
        special = sequence.use_date_range or sequence.prefix or sequence.suffix
        step = sequence.number_increment
        return sequence.implementation == "no_gap" and step == 1 and not special

    def _nfe_lock_numbers(self):
        """Lock the series; the next number."""
        sequence = self.internal_sequence_id
        sequence.flush_recordset(["number_next"])
        query = SQL(
            "SELECT number_next FROM ir_sequence WHERE id = %s FOR UPDATE SKIP LOCKED",
            sequence.id,
        )
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(query, log_exceptions=False)
                row = self.env.cr.fetchone()
        except SerializationFailure:
            # Numbers were drawn since the snapshot of this transaction.
            row = None
        if row is None:
            raise NfeSeriesBusyError(
                self.env._(
                    "Series %(series)s: other NF-e are taking their numbers at this "
                    "moment. Try again.",
                    series=self.code,
                )
            )
        return row[0]

    def _nfe_taken_numbers(self, block):
        """The numbers of a block that must not be drawn: in use, or void.

        :param range block: numbers
        :return: set of int
        """
        documents = self.env["l10n_br_fiscal.document"].search(
            Domain("document_serie_id", "=", self.id)
            & Domain("issuer", "=", DOCUMENT_ISSUER_COMPANY)
            & Domain("document_number", "in", [str(number) for number in block])
        )
        taken = {int(number) for number in documents.mapped("document_number")}
        voidings = self._nfe_voidings(block.start, block.stop - 1)
        spans = [(row.number_first, row.number_last) for row in voidings]
        for row in self.invalidate_number_id.filtered(lambda row: row.state == "done"):
            spans.append((row.number_start, row.number_end))
        for first, last in spans:
            taken.update(range(max(first, block.start), min(last + 1, block.stop)))
        return taken

    def _is_invalid_number(self, document_number):
        """Numbers that are voided, or on their way to be, are not drawn again."""
        number = int(document_number)
        return super()._is_invalid_number(document_number) or bool(
            self._nfe_voidings(number, number)
        )

    def _nfe_voidings(self, first, last):
        """The voidings that hold a number of the range."""
        # sudo: whoever confirms a document need not read the voidings.
        voidings = self.env["nfe.voiding"].sudo().with_context(active_test=False)
        held = voidings._overlap_domain(self, first, last)
        return voidings.search(held & Domain("state", "in", LIVE_STATES))
