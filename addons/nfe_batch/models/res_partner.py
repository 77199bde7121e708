from odoo import models
from odoo.exceptions import UserError

from ..domain.services import ServiceError
from .fiscal_document_data import digits


class ResPartner(models.Model):
    """The state registration of a partner, asked for at the registry of its state."""

    _inherit = "res.partner"

    def action_nfe_registry(self):
        """Show what the registry says; the user decides what is taken over.

        :raises UserError: nothing was found, with the reason
        """
        self.ensure_one()
        answer = self._nfe_ask_registry()
        if not answer.is_found:
            raise UserError(
                self.env._(
                    "The SEFAZ of %(state)s answered: %(code)s - %(reason)s.",
                    state=self.state_id.code,
                    code=answer.code,
                    reason=answer.reason,
                )
            )
        wizard = self.env["nfe.registry.wizard"]._of(self, answer)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Registry of Taxpayers"),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _nfe_ask_registry(self):
        """Ask the office of the partner's state, with no transaction begun by us.

        :return: ``domain.registry.RegistryAnswer``
        """
        vat, state = digits(self.vat), self.state_id.code
        if not vat or not state or self.country_id.code != "BR":
            raise UserError(
                self.env._("The registry is asked by CNPJ or CPF and state.")
            )
        client = self.env.company._nfe_client_or_error()
        try:
            return client.taxpayers(state, vat)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "The SEFAZ of %(state)s offers no registry to ask.", state=state
                )
            ) from error
        except ServiceError as error:
            raise UserError(
                self.env._(
                    "The registry of %(state)s gave no usable answer: its SEFAZ does "
                    "not offer the service, or it is out of order.",
                    state=state,
                )
            ) from error
