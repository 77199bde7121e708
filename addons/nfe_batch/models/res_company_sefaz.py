from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .. import const
from ..domain.services import ServiceError
from ..exceptions import NfeCertificateError


class ResCompanySefaz(models.Model):
    """What a company asks the SEFAZ besides its notes."""

    _inherit = "res.company"

    nfe_dfe = fields.Boolean(
        "Fetch Received Documents",
        copy=False,
        help="Notes and events that name this company, from the national environment, "
        "once an hour. No other program may ask for them with the same CNPJ.",
    )
    nfe_status = fields.Char("Service of the SEFAZ", readonly=True, copy=False)
    nfe_status_time = fields.Datetime("Asked on", readonly=True, copy=False)

    def action_nfe_status(self):
        """Ask whether the service of the state is up.

        :raises AccessError: the user is no manager of the NF-e
        :raises UserError: asked within the last three minutes (NT 2018.002)
        """
        self.ensure_one()
        if not self.env.user.has_group("nfe_batch.nfe_batch_group_manager"):
            raise AccessError(self.env._("Only managers of the NF-e may do this."))
        now = fields.Datetime.now()
        if self.nfe_status_time and now < self.nfe_status_time + const.STATUS_INTERVAL:
            raise UserError(
                self.env._("The SEFAZ may be asked for its status every three minutes.")
            )
        # sudo: managers of the NF-e do not write companies.
        self.sudo().write(
            {"nfe_status": self._nfe_status_words(), "nfe_status_time": now}
        )

    def _nfe_status_words(self):
        """The answer in words; nothing is written before it is here."""
        client = self._nfe_client_or_error()
        try:
            answer = client.status()
        except ServiceError as error:
            return self.env._("no answer (%(error)s)", error=error)
        return f"{answer.code} - {answer.reason}"

    def _nfe_client_or_error(self):
        """:raises UserError: no certificate to connect with"""
        # sudo: whoever asks does not read the trusted authorities.
        company = self.sudo()
        try:
            return company._nfe_client()
        except NfeCertificateError as error:
            raise UserError(company._nfe_certificate_message(error)) from error
