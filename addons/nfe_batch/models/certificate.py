from cryptography.x509.oid import NameOID

from odoo import api, fields, models


class Certificate(models.Model):
    _inherit = "certificate.certificate"

    # l10n_br_fiscal_certificate lets fiscal managers read them; who has both may sign
    # anything in the company's name.
    content = fields.Binary(groups="base.group_system")
    pkcs12_password = fields.Char(groups="base.group_system", copy=False)

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

    def _compute_private_key(self):
        """Core unpacks the key of a PKCS12 file and keeps it unencrypted; the NF-e is
        signed from the file itself, so a fiscal certificate has no such copy."""
        fiscal = self.filtered(lambda record: record.scope == "l10n_br")
        fiscal.private_key_id = False
        return super(Certificate, self - fiscal)._compute_private_key()
