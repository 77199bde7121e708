from odoo import fields, models


class CertificateKey(models.Model):
    _inherit = "certificate.key"

    content = fields.Binary(groups="base.group_system")
    pem_key = fields.Binary(groups="base.group_system")
    password = fields.Char(groups="base.group_system", copy=False)
