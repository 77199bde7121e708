import io
import re
import tempfile
import zipfile
from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import split_every

from .. import const
from ..domain import package as naming
from ..event_kind import CANCEL

CHUNK = 100
"""Records that memory holds at a time."""
AUTHORIZATION = "0"
_EVENT_CODE = re.compile(rb"<tpEvento>(\d{6})</tpEvento>")


class NfePackageXml(models.Model):
    """XML in bulk: the bytes as they were authorised, zipped in parts of bounded size,
    with an index for a spreadsheet in the last one."""

    _inherit = "nfe.package"

    @api.model
    def _request_xml(self, vals):
        """Queue the XML of a period.

        :param dict vals: company_id, date_first, date_last, what to include
        :return: ``nfe.package``
        """
        company = self.env["res.company"].browse(vals["company_id"])
        name = naming.package_name(
            naming.plain(company.vat or ""), vals["date_first"], vals["date_last"]
        )
        package = self._request({"kind": "xml", "name": name, **vals})
        package._queue()
        return package

    # === PLAN === #

    def _prepare_plan(self):
        if self.kind not in ("xml", "monthly"):
            return super()._prepare_plan()
        plan = []
        if self.with_notes:
            plan += self._plan_of("note", self._note_domain(), "document_date, id")
        events = self._event_domain()
        if self.with_cancellations:
            cancelled = events & Domain("type", "=", CANCEL.event_type)
            plan += self._plan_of("cancellation", cancelled, "protocol_date, id")
        if self.with_events:
            known = [AUTHORIZATION, CANCEL.event_type]
            others = events & Domain("type", "not in", known)
            plan += self._plan_of("event", others, "protocol_date, id")
        if self.with_voidings:
            plan += self._plan_of("voiding", self._voiding_domain(), "id")
        return plan

    def _plan_of(self, kind, domain, order):
        # An archived voiding stands at the SEFAZ all the same.
        model = self._model_of(kind).with_context(active_test=False)
        return [[kind, number] for number in model.search(domain, order=order).ids]

    def _model_of(self, kind):
        names = {"note": "l10n_br_fiscal.document", "voiding": "nfe.voiding"}
        return self.env[names.get(kind, "l10n_br_fiscal.event")]

    def _period_domain(self, field):
        begin, end = self.company_id._nfe_utc_bounds(self.date_first, self.date_last)
        own = Domain("company_id", "=", self.company_id.id)
        return own & Domain(field, ">=", begin) & Domain(field, "<", end)

    def _note_domain(self):
        """Notes of the environment that the company works in, cancelled ones too."""
        return (
            self._period_domain("document_date")
            & Domain("document_type", "=", const.MODEL_NFE)
            & Domain("issuer", "=", "company")
            & Domain("nfe_proc_id", "!=", False)
            & Domain("authorization_event_id.environment", "=", self._environment())
        )

    def _event_domain(self):
        """Events of the period, of notes that may be older."""
        return (
            self._period_domain("protocol_date")
            & Domain("document_id.issuer", "=", "company")
            & Domain("document_id.document_type", "=", const.MODEL_NFE)
            & Domain("protocol_number", "!=", False)
            & Domain("file_response_id", "!=", False)
            & Domain("environment", "=", self._environment())
        )

    def _voiding_domain(self):
        return self._period_domain("protocol_date") & Domain("state", "=", "authorized")

    def _environment(self):
        return "prod" if self.company_id.nfe_environment == "1" else "hml"

    # === FILES === #

    def _prepare_file(self):
        if self.kind not in ("xml", "monthly"):
            return super()._prepare_file()
        with tempfile.TemporaryFile() as spool:
            with zipfile.ZipFile(spool, "w", zipfile.ZIP_DEFLATED) as archive:
                position = self._fill_part(archive)
                if position >= self.total:
                    self._add_summary(archive)
            spool.seek(0)
            return "zip", spool.read(), position

    def _fill_part(self, archive):
        """Files from the position on until the part is full; at least one."""
        position = self.position
        for entries in split_every(CHUNK, (self.plan or [])[position:]):
            for kind, number in entries:
                if archive.fp.tell() >= naming.PART_BYTES:
                    return position
                record = self._model_of(kind).browse(number)
                archive.writestr(*self._xml_of(kind, record))
                position += 1
            self.env.invalidate_all()
        return position

    def _xml_of(self, kind, record):
        """Name in the archive and the exact bytes."""
        if kind == "note":
            return naming.note_name(record.document_key), record.nfe_proc_id.raw
        if kind == "voiding":
            return self._voiding_name(record), record._proc_bytes()
        content = record.file_response_id.raw
        return self._event_name(kind, record, content), content

    def _event_name(self, kind, record, content):
        found = _EVENT_CODE.search(content)
        folder = "cancelamentos" if kind == "cancellation" else "eventos"
        code = found[1].decode() if found else record.type
        sequence = int(record.sequence or 1)
        return naming.event_name(
            folder, record.document_id.document_key, code, sequence
        )

    def _voiding_name(self, record):
        return naming.voiding_name(
            self._company_number(),
            record.year,
            record.document_serie_id.code,
            record.number_first,
            record.number_last,
        )

    # === INDEX === #

    def _add_summary(self, archive):
        """Hook: what the last part holds besides the XML files."""
        with archive.open("indice.csv", "w") as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
            for line in naming.index(self._index_rows(), mask=self.mask_cpf):
                text.write(line)
            text.flush()

    def _index_rows(self):
        """``domain.package.Row`` of each file, in the order of the plan."""
        package = self.with_context(lang="pt_BR")
        for entries in split_every(CHUNK, package.plan or []):
            for kind, number in entries:
                record = package._model_of(kind).browse(number)
                if kind == "note":
                    yield package._note_row(record)
                elif kind == "voiding":
                    yield package._voiding_row(record)
                else:
                    yield package._event_row(kind, record)
            package.env.invalidate_all()

    def _note_row(self, document):
        return naming.Row(
            kind="NF-e",
            on=self.company_id._nfe_local(document.document_date),
            value=Decimal(str(document.fiscal_amount_total)),
            situation=document.state_edoc.capitalize(),
            protocol=document.authorization_protocol or "",
            file=naming.note_name(document.document_key),
            **self._document_cells(document),
        )

    def _event_row(self, kind, record):
        label = "Cancelamento" if kind == "cancellation" else "Evento"
        if kind == "event":
            selection = record._fields["type"]._description_selection(self.env)
            label = dict(selection).get(record.type, label)
        return naming.Row(
            kind=label,
            on=self.company_id._nfe_local(record.protocol_date),
            situation=record.response or "",
            protocol=record.protocol_number,
            file=self._event_name(kind, record, record.file_response_id.raw),
            **self._document_cells(record.document_id),
        )

    def _voiding_row(self, record):
        return naming.Row(
            kind="Inutilização",
            series=record.document_serie_id.code,
            number=f"{record.number_first}-{record.number_last}",
            on=self.company_id._nfe_local(record.protocol_date),
            situation=record.reason,
            protocol=record.protocol or "",
            file=self._voiding_name(record),
        )

    def _document_cells(self, document):
        partner = document.partner_id
        return {
            "series": document.document_serie or document.document_serie_id.code or "",
            "number": document.document_number or "",
            "key": document.document_key or "",
            "recipient": partner.legal_name or partner.name or "",
            "vat": naming.plain(partner.vat or ""),
        }
