from odoo import models
from odoo.service import server


class FiscalDocumentLine(models.Model):
    _inherit = "l10n_br_fiscal.document.line"

    def _register_hook(self):
        """Prepare what every worker needs before the workers are forked.

        The first fiscal line that a process writes makes it compute which fields hang
        on which: 7 s of CPU with the related fields of l10n_br_account. Done in the
        parent of a prefork server, its workers inherit the result; without it each of
        them would stop for it, in the middle of the day and again after each recycling.
        """
        super()._register_hook()
        if isinstance(server.server, server.PreforkServer):
            for field in self._fields.values():
                self.pool.get_field_trigger_tree(field)
