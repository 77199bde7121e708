from cryptography.x509.oid import NameOID

from odoo import api, models


class Certificate(models.Model):
    _inherit = "certificate.certificate"

    @api.model
    def _get_common_name(self, certificate, issuer=False):
        """Common name of the holder or the issuer of a ``cryptography`` certificate.

        l10n_br_fiscal_certificate calls this method of core, which Odoo 19 has only
        since mid-2026: older trees get it from here.
        """
        core = getattr(super(), "_get_common_name", None)
        if core is not None:
            return core(certificate, issuer=issuer)
        name = certificate.issuer if issuer else certificate.subject
        found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
        return found[0].value if found else ""
