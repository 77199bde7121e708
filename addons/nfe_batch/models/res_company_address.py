from copy import deepcopy

from odoo import api, models

ADDRESS = "//div[hasclass('o_address_format')]//field"


class ResCompanyAddress(models.Model):
    _inherit = "res.company"

    @api.model
    def _view_get_address(self, arch):
        """Core shows a Brazilian company with the address of a contact, whose fields
        it does not have all: the form would not open. Then it keeps its own address.
        """
        own = deepcopy(arch)
        arch = super()._view_get_address(arch)
        names = {node.get("name") for node in arch.xpath(ADDRESS)}
        return arch if names <= set(self._fields) else own
