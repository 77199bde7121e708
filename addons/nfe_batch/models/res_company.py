import base64
import logging
from datetime import timezone

from odoo import fields, models
from odoo.tools.misc import format_date

from .. import const
from ..domain.credentials import CredentialsError, open_pfx
from ..domain.endpoints import NORMAL
from ..domain.signer import BACKENDS
from ..exceptions import NfeCertificateError
from ..sefaz_client import SefazClient

_logger = logging.getLogger(__name__)

TIME_ZONES = {
    "AC": "America/Rio_Branco",
    "AM": "America/Manaus",
    "MS": "America/Campo_Grande",
    "MT": "America/Cuiaba",
    "RO": "America/Porto_Velho",
    "RR": "America/Boa_Vista",
}
"""States that are not on Brasília time."""


class ResCompany(models.Model):
    _inherit = "res.company"

    processador_edoc = fields.Selection(
        selection_add=[(const.PROCESSOR, "NF-e in batches")],
        ondelete={const.PROCESSOR: "set default"},
    )
    # A file per event on the server's disk: every event is an attachment already.
    document_save_disk = fields.Boolean(default=False)
    nfe_environment = fields.Selection(
        [("1", "Production"), ("2", "Homologation (no fiscal value)")],
        "NF-e Environment",
        default="2",
        required=True,
    )
    nfe_endpoint_base = fields.Char(
        "NF-e Address",
        copy=False,
        help="Base address of a simulator or of an own gateway that stands in for the "
        "web services; those of contingency answer below /svc-an, /svc-rs and /an. "
        "Empty: the official addresses.",
    )
    nfe_ca_bundle = fields.Text(
        "NF-e Trusted Authorities",
        copy=False,
        groups="base.group_system",
        help="PEM certificates that the web services are checked against (the chain "
        "of ICP-Brasil, or the simulator's). Empty: those of the server.",
    )
    nfe_signer = fields.Selection(
        [("direct", "Built-in"), ("xmlsig", "xmlsig")],
        "NF-e Signer",
        default="direct",
        required=True,
    )
    nfe_authorized_partner_ids = fields.Many2many(
        "res.partner",
        "res_company_nfe_authorized_rel",
        "company_id",
        "partner_id",
        string="May Fetch the XML",
        help="Their CNPJ or CPF stands in each NF-e (autXML), besides the accounting "
        "office's: ten in all.",
    )
    nfe_lot_from = fields.Integer(
        "NF-e in Lots From",
        default=const.LOT_FROM,
        required=True,
        help="So many notes that wait go as a lot, fewer go one by one. The result of "
        "a lot takes 15 seconds at least, that of a single note comes at once.",
    )
    _nfe_lot_from_at_least_two = models.Constraint(
        "CHECK (nfe_lot_from >= 2)", "A lot has two notes or more."
    )
    nfe_paused_until = fields.Datetime(
        "NF-e Paused Until",
        copy=False,
        readonly=True,
        help="The SEFAZ answered 656 (undue consumption): it refuses every call of "
        "this company for an hour.",
    )

    def _nfe_lang(self):
        """Self in the language of the company, for messages that are stored."""
        self.ensure_one()
        return self.with_context(lang=self.partner_id.lang or "pt_BR")

    def _nfe_local(self, moment):
        """A moment of a Datetime field in the state of the company.

        :return: aware datetime
        """
        self.ensure_one()
        zone = TIME_ZONES.get(self.state_id.code or "", "America/Sao_Paulo")
        return fields.Datetime.context_timestamp(self.with_context(tz=zone), moment)

    def _nfe_today(self):
        """Today in the state of the company: the day of a note that is issued now."""
        return self._nfe_local(fields.Datetime.now()).date()

    def _nfe_credentials(self):
        """The company's e-CNPJ, ready to sign and for TLS.

        :return: ``domain.credentials.Credentials``
        :raises NfeCertificateError: there is none, it expired or cannot be opened
        """
        self.ensure_one()
        # sudo: users confirm documents, they do not read certificates and keys.
        certificate = self.sudo().certificate.with_context(bin_size=False)
        if not certificate:
            raise NfeCertificateError(const.CERTIFICATE_MISSING)
        try:
            credentials = open_pfx(
                base64.b64decode(certificate.content),
                certificate.pkcs12_password or "",
            )
        except CredentialsError as error:
            raise NfeCertificateError(const.CERTIFICATE_INVALID) from error
        now = fields.Datetime.now().replace(tzinfo=timezone.utc)
        if not credentials.is_valid_at(now):
            raise NfeCertificateError(
                const.CERTIFICATE_EXPIRED, until=certificate.date_end
            )
        return credentials

    def _nfe_can_sign(self):
        """True when the company has a usable certificate right now."""
        try:
            return bool(self._nfe_credentials())
        except NfeCertificateError:
            return False

    def _nfe_pause_seconds(self):
        """Seconds until the SEFAZ's block of the company ends, 0 without a block."""
        until, now = self.nfe_paused_until, fields.Datetime.now()
        return int((until - now).total_seconds()) + 1 if until and until > now else 0

    def _nfe_pause(self):
        """656: every further call of the company only makes it worse."""
        self.ensure_one()
        _logger.warning("The SEFAZ blocked company %s for an hour", self.id)
        self.nfe_paused_until = fields.Datetime.now() + const.ABUSE_PAUSE

    def _nfe_signer_backend(self):
        """The signer that the company chose, with its key."""
        return BACKENDS[self.nfe_signer](self._nfe_credentials())

    def _nfe_client(self, office=NORMAL):
        """The way to the web services of an office.

        :param str office: tpEmis (``domain.endpoints``), the state's own by default
        :return: ``sefaz_client.SefazClient``
        :raises NfeCertificateError: no certificate to connect with
        """
        self.ensure_one()
        return SefazClient(
            credentials=self._nfe_credentials(),
            state=self.state_id.code or "",
            environment=self.nfe_environment,
            emission_type=office,
            base=self.nfe_endpoint_base or "",
            ca_bundle=self.nfe_ca_bundle or "",
        )

    def _nfe_certificate_message(self, error):
        """What is wrong with the certificate, in the company's language."""
        self = self._nfe_lang()
        if error.code == const.CERTIFICATE_EXPIRED:
            return self.env._(
                "The certificate of %(company)s is not valid (it ends on %(date)s). "
                "Install a valid one in the company's form, tab Fiscal; the NF-e is "
                "signed and sent then.",
                company=self.name,
                date=format_date(self.env, error.until),
            )
        if error.code == const.CERTIFICATE_INVALID:
            return self.env._(
                "The certificate of %(company)s cannot be opened. Check the file and "
                "its password in the company's form, tab Fiscal.",
                company=self.name,
            )
        return self.env._(
            "%(company)s has no certificate. Install the e-CNPJ (A1) in the company's "
            "form, tab Fiscal; the NF-e is signed and sent then.",
            company=self.name,
        )
