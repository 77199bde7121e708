from datetime import timedelta

from odoo import api, fields, models

from .. import const
from ..domain import package as naming
from ..domain.burnt import Burnt
from ..domain.completeness import explain
from .nfe_voiding_propose import LOOK_BACK

MAIL_BYTES = 10_000_000
"""Larger packages are fetched, not attached."""
SHOWN = 50


class NfePackageMonthly(models.Model):
    """The accountant's package: all of a month, with the check of its numbers."""

    _inherit = "nfe.package"

    # === CRON === #

    @api.model
    def _nfe_cron_packages(self):
        """Cron: ask for the package of last month, queue again what lost its job."""
        # sudo: the cron serves every company.
        own = self.sudo()
        companies = own.env["res.company"].search(
            [
                ("processador_edoc", "=", const.PROCESSOR),
                ("nfe_package_day", ">", 0),
            ]
        )
        for company in companies:
            today = company._nfe_local(fields.Datetime.now()).date()
            if today.day >= company.nfe_package_day:
                own._ensure_monthly(company, naming.month_before(today))
        lost = fields.Datetime.now() - timedelta(hours=1)
        for package in own.search(
            [("state", "=", "building"), ("write_date", "<", lost)]
        ):
            package._queue()

    @api.model
    def _ensure_monthly(self, company, month):
        """The package of a month, asked for when there is none in any state."""
        found = self.search(
            [
                ("kind", "=", "monthly"),
                ("company_id", "=", company.id),
                ("date_first", "=", month[0]),
            ],
            order="revision desc",
            limit=1,
        )
        return found or self._request_monthly(company, month)

    @api.model
    def _request_monthly(self, company, month, revision=1):
        first, last = month
        name = naming.package_name(naming.plain(company.vat or ""), first, last)
        package = self._request(
            {
                "kind": "monthly",
                "name": f"{name}-v{revision}" if revision > 1 else name,
                "company_id": company.id,
                "date_first": first,
                "date_last": last,
                "revision": revision,
            }
        )
        package._queue()
        return package

    def action_rebuild(self):
        """Button: a new revision, from what is known today; this one stays."""
        self.ensure_one()
        self.check_access("read")
        self.env["l10n_br_fiscal.document"]._nfe_ensure_user()
        newest = self.search(
            [
                ("kind", "=", "monthly"),
                ("company_id", "=", self.company_id.id),
                ("date_first", "=", self.date_first),
            ],
            order="revision desc",
            limit=1,
        )
        package = self._request_monthly(
            self.company_id, (self.date_first, self.date_last), newest.revision + 1
        )
        return package._open_files()

    # === CHECK OF THE NUMBERS === #

    def _add_summary(self, archive):
        super()._add_summary(archive)
        if self.kind == "monthly":
            reports = self._series_reports()
            self.complete = all(report.complete for report in reports)
            self.report = "\n".join(
                line for report in reports for line in self._report_lines(report)
            )
            archive.writestr("conferencia.txt", self.report)

    def _series_reports(self):
        """``domain.completeness.SeriesReport`` of each series that has numbers."""
        series = self.env["l10n_br_fiscal.document.serie"].with_context(
            active_test=False
        )
        own = series.search(
            [
                ("company_id", "=", self.company_id.id),
                ("document_type_id.code", "=", const.MODEL_NFE),
            ],
            order="code",
        )
        reports = [self._series_report(serie) for serie in own]
        return [report for report in reports if report.total]

    def _series_report(self, serie):
        begin, end = self.company_id._nfe_utc_bounds(self.date_first, self.date_last)
        voidings = self.env["nfe.voiding"].with_context(active_test=False)
        voided = voidings.search(
            [("document_serie_id", "=", serie.id), ("state", "=", "authorized")]
        )
        return explain(
            serie.code or "",
            voidings._drawn_numbers(serie, begin - LOOK_BACK),
            sorted((row.number_first, row.number_last) for row in voided),
            first=self.date_first,
            last=self.date_last,
            before=self.company_id._nfe_local(end),
        )

    def _report_lines(self, report):
        """The check of one series in words, in the company's language."""
        env = self.company_id._nfe_lang().env
        yield env._(
            "Series %(series)s: %(total)s numbers: %(authorised)s authorised, "
            "%(cancelled)s cancelled, %(denied)s denied, %(voided)s voided.",
            series=report.series,
            total=report.total,
            authorised=report.authorised,
            cancelled=report.cancelled,
            denied=report.denied,
            voided=report.voided,
        )
        if report.pending:
            yield env._(
                "  Not finished: %(numbers)s", numbers=_shown(map(str, report.pending))
            )
        if report.unexplained:
            yield env._(
                "  Neither a note nor voided: %(numbers)s",
                numbers=_shown(map(_range, report.unexplained)),
            )
        if report.complete:
            yield env._("  Every number is explained.")

    # === MAIL === #

    def _announce(self):
        """Mail the package to those who asked for it each month."""
        if self.kind != "monthly":
            return super()._announce()
        if self.state == "done":
            receivers = self.company_id.nfe_receiver_ids.filtered("monthly")
            for email in receivers._emails():
                self._mail_to(email)
        return None

    def _mail_to(self, email):
        template = self.env.ref("nfe_batch.mail_template_package")
        small = sum(self.file_ids.mapped("file_size")) <= MAIL_BYTES
        attachments = self.file_ids.ids if small else []
        template.send_mail(
            self.id,
            email_values={
                "email_to": email,
                "attachment_ids": [fields.Command.set(attachments)],
            },
        )


def _range(block: Burnt) -> str:
    one = block.first == block.last
    return str(block.first) if one else f"{block.first}-{block.last}"


def _shown(texts):
    texts = list(texts)
    rest = len(texts) - SHOWN
    return ", ".join(texts[:SHOWN]) + (f" (+{rest})" if rest > 0 else "")
