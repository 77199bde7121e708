from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .. import const
from ..domain.burnt import Drawn, burnt, fate_of

SAFETY_AGE = timedelta(hours=24)
"""A younger number may still be used: its document is at work."""
LOOK_BACK = timedelta(days=400)
"""Documents of the last year and a month; what was older was proposed in its time."""


class NfeVoidingPropose(models.Model):
    """Burnt numbers are found each day and proposed; a person decides."""

    _inherit = "nfe.voiding"

    @api.model
    def _nfe_cron_voidings(self):
        """Cron: propose drafts for burnt numbers, queue again what lost its job."""
        # sudo: the cron serves every company.
        own = self.sudo()
        series = own.env["l10n_br_fiscal.document.serie"].with_context(
            active_test=False
        )
        numbered = series.search(
            [
                ("document_type_id.code", "=", const.MODEL_NFE),
                ("company_id.processador_edoc", "=", const.PROCESSOR),
            ]
        ).filtered(lambda serie: (serie.code or "").isdigit())
        for serie in numbered:
            own._propose(serie)
        now = fields.Datetime.now()
        due = Domain("next_try", "=", False) | Domain("next_try", "<=", now)
        for waiting in own.search(Domain("state", "in", ("ready", "unknown")) & due):
            waiting._nfe_delay("_nfe_void", const.SEND_CHANNEL)

    @api.model
    def _propose(self, serie):
        """Create the drafts of one series.

        :return: the new drafts
        """
        company = serie.company_id
        now = fields.Datetime.now()
        found = burnt(
            self._drawn_numbers(serie, now - LOOK_BACK),
            self._covered_ranges(serie),
            before=company._nfe_local(now - SAFETY_AGE),
        )
        reason = company._nfe_lang().env._(
            "Break in the numbering: numbers drawn and never used."
        )
        return self.create(
            [
                {
                    "company_id": company.id,
                    "document_serie_id": serie.id,
                    "number_first": row.first,
                    "number_last": row.last,
                    "burnt_on": row.on,
                    "reason": reason,
                }
                for row in found
            ]
        )

    @api.model
    def _drawn_numbers(self, serie, since):
        """Numbers of a series that our documents took since a moment.

        A number is as old as its last signature, or else its date: never older than
        it is. Read in one query, since a year may hold hundreds of thousands.

        :return: list of ``domain.burnt.Drawn``
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT document.document_number,
                       document.state_edoc,
                       document.nfe_transmission,
                       document.status_code,
                       event.protocol_number,
                       GREATEST(
                           document.create_date,
                           document.document_date,
                           event.create_date
                       )
                  FROM l10n_br_fiscal_document document
                  LEFT JOIN l10n_br_fiscal_event event
                    ON event.id = document.authorization_event_id
                 WHERE document.document_serie_id = %s
                   AND document.issuer = 'company'
                   AND document.document_number ~ '^[0-9]{1,9}$'
                   AND document.create_date >= %s
                """,
                serie.id,
                since,
            )
        )
        return [
            Drawn(
                number=int(number),
                at=serie.company_id._nfe_local(at),
                state=state or "",
                fate=fate_of(
                    state=state or "",
                    protocol=protocol or "",
                    transmission=transmission or "",
                    status_code=status_code or "",
                ),
            )
            for number, state, transmission, status_code, protocol, at in rows
        ]

    @api.model
    def _covered_ranges(self, serie):
        """Ranges that a voiding holds in any state, archived or of the OCA's too."""
        own = self.with_context(active_test=False).search(
            [("document_serie_id", "=", serie.id)]
        )
        others = serie.invalidate_number_id.filtered(lambda row: row.state == "done")
        return [(row.number_first, row.number_last) for row in own] + [
            (row.number_start, row.number_end) for row in others
        ]
