from datetime import date

from odoo import api, fields, models
from odoo.tools.misc import format_date

from .. import config_messages, const
from ..domain import config_check
from ..exceptions import NfeCertificateError

CRONS = (
    "ir_cron_nfe_certificates",
    "ir_cron_nfe_recover",
    "ir_cron_nfe_retry",
    "ir_cron_nfe_voidings",
)
SEND_CHANNEL = "nfe_batch.channel_nfe_send"


def digits(text):
    """Letters and digits of a number, without its punctuation."""
    return "".join(sign for sign in text or "" if sign.isalnum())


class ResCompanyCheck(models.Model):
    """What keeps a company from issuing notes, told before the first one."""

    _inherit = "res.company"

    nfe_certificate_told = fields.Char(
        readonly=True,
        copy=False,
        help="The certificate and the number of days that people were told about.",
    )

    # === CONFIGURATION CHECK === #

    def _nfe_config_findings(self):
        """Hook: what is missing or doubtful in this company.

        Other addons append theirs to what ``super()`` returns.

        :return: list of dict: ``severity`` (error, warning, info), ``message`` (in the
            user's language), ``record`` (recordset to mend it in)
        """
        self.ensure_one()
        findings = []
        for finding in config_check.check(self._nfe_setup()):
            params = {
                name: format_date(self.env, value) if isinstance(value, date) else value
                for name, value in finding.params.items()
            }
            told = config_check.Finding(finding.code, finding.severity, params)
            findings.append(
                {
                    "severity": finding.severity.value,
                    "message": config_messages.sentence(self.env, told),
                    "record": self,
                }
            )
        findings += [
            {"severity": "warning", "message": sentence, "record": self}
            for _code, sentence in self._nfe_check_taxes()
        ]
        return findings

    def _nfe_setup(self):
        """The company as ``domain.config_check.Setup``."""
        # sudo: whoever checks need not read certificates, crons and channels.
        own = self.sudo()
        partner = own.partner_id
        today = own._nfe_local(fields.Datetime.now()).date()
        series = own.env["l10n_br_fiscal.document.serie"].search(
            [("company_id", "=", own.id), ("document_type_id.code", "=", "55")]
        )
        return config_check.Setup(
            today=today,
            cnpj=digits(partner.vat),
            state_registration=digits(own.l10n_br_ie_code),
            main_activity=own.cnae_main_id.code or "",
            tax_regime=own.tax_framework or "",
            street=partner.street_name or "",
            number=partner.street_number or "",
            district=partner.district or "",
            zip_code=digits(partner.zip),
            state=partner.state_id.code or "",
            city_code=partner.city_id.ibge_code or "",
            uses_processor=own.processador_edoc == const.PROCESSOR,
            has_document_type=own.document_type_id.code == const.MODEL_NFE,
            series=tuple(series.mapped("code")),
            certificate=own._nfe_certificate_data(),
            has_technician=bool(own.technical_support_id),
            environment=own.nfe_environment,
            endpoint_base=own.nfe_endpoint_base or "",
            has_ca_bundle=bool(own.nfe_ca_bundle),
            has_icms_regulation=bool(own.icms_regulation_id),
            has_contributions=bool(own.piscofins_id),
            has_tax_classification=bool(own.tax_classification_id),
            crons_off=tuple(
                cron.name
                for cron in own._nfe_records(CRONS)
                if cron and not cron.active
            ),
            has_channel=bool(own.env.ref(SEND_CHANNEL, raise_if_not_found=False)),
        )

    def _nfe_records(self, names):
        return [
            self.env.ref(f"nfe_batch.{name}", raise_if_not_found=False)
            for name in names
        ]

    def _nfe_certificate_data(self):
        """The certificate in use as ``domain.config_check.Certificate``, or None."""
        certificate = self.certificate
        if not certificate:
            return None
        ends = self._nfe_local(certificate.date_end or fields.Datetime.now()).date()
        opens, cnpj = True, digits(certificate.owner_cnpj_cpf)
        try:
            cnpj = self._nfe_credentials().cnpj or cnpj
        except NfeCertificateError as error:
            opens = error.code == const.CERTIFICATE_EXPIRED
        return config_check.Certificate(ends=ends, cnpj=cnpj, opens=opens)

    # === ALARM === #

    @api.model
    def _nfe_cron_certificates(self):
        """Cron: tell the managers of the NF-e that a certificate ends soon."""
        # sudo: the cron serves every company.
        companies = self.sudo().search([("processador_edoc", "=", const.PROCESSOR)])
        for company in companies:
            company._nfe_certificate_alarm()

    def _nfe_certificate_alarm(self):
        """30, 7 and 1 days before the end, once each per certificate."""
        certificate = self.certificate
        if not certificate.date_end:
            return
        known, _, days = (self.nfe_certificate_told or "").partition(":")
        told = int(days) if known == str(certificate.id) else None
        ends = self._nfe_local(certificate.date_end).date()
        today = self._nfe_local(fields.Datetime.now()).date()
        threshold = config_check.alarm(ends, today, told)
        if threshold is None:
            return
        self.nfe_certificate_told = f"{certificate.id}:{threshold}"
        for user in self._nfe_managers():
            env = self.with_context(lang=user.lang).env
            self.partner_id.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=min(ends, today),
                summary=env._("The certificate of the NF-e ends soon"),
                note=env._(
                    "The e-CNPJ of %(company)s ends on %(date)s. Without a new one no "
                    "NF-e can be issued from then on.",
                    company=self.name,
                    date=format_date(env, ends),
                ),
                user_id=user.id,
            )

    def _nfe_managers(self):
        """People who manage the NF-e of the company."""
        group = self.env.ref("nfe_batch.nfe_batch_group_manager")
        return group.all_user_ids.filtered(
            lambda user: user.active and not user.share and self in user.company_ids
        )
