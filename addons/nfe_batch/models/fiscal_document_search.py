from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import sql

from ..domain import search_term

MOST = 1000
"""More notes than this are not what somebody was looking for."""


class FiscalDocumentSearch(models.Model):
    """One search box for key, number, order and CPF or CNPJ, however they are typed."""

    _inherit = "l10n_br_fiscal.document"

    nfe_search = fields.Char(
        "Key, number, order, CPF/CNPJ",
        compute="_compute_nfe_search",
        search="_search_nfe_search",
    )

    def init(self):
        """Pieces of a key are looked for in its middle, where there is pg_trgm."""
        super().init()
        if self.env.registry.has_trigram:
            sql.create_index(
                self.env.cr,
                "l10n_br_fiscal_document_nfe_key_trigram",
                self._table,
                ["document_key gin_trgm_ops"],
                "gin",
            )

    def _compute_nfe_search(self):
        """Only there to be searched for."""
        self.nfe_search = False

    @api.model
    def _search_nfe_search(self, operator, value):
        """Any of the readings of ``domain.search_term``.

        A CPF is found by all its digits only: what masks it stays as strong.
        """
        if operator not in ("ilike", "like", "=") or not isinstance(value, str):
            return NotImplemented
        found = set()
        for reading in self._nfe_readings(search_term.read(value)):
            # One query each: no index serves an OR of a key and an order.
            found.update(self._search(reading, limit=MOST))
        return Domain("id", "in", list(found))

    @api.model
    def _nfe_readings(self, term):
        """The domains of ``domain.search_term.Term``, each with an index of its own."""
        if term.key:
            return [Domain("document_key", "=", term.key)]
        readings = []
        if term.number:
            readings.append(Domain("document_number", "=", term.number))
        if term.key_part:
            readings.append(Domain("document_key", "like", term.key_part))
        if term.vat:
            number = [("cnpj_cpf_stripped", "=", term.vat)]
            readings.append(Domain("partner_id", "any", number))
        if term.text:
            readings.append(self._nfe_order_domain(term.text))
        return readings

    @api.model
    def _nfe_order_domain(self, text):
        """Hook: documents of an order by its name, here by the invoice's origin."""
        return Domain("move_ids", "any", [("invoice_origin", "ilike", text)])
