"""What has to be put right when the addon is installed."""


def drop_plain_keys(env):
    """Delete the unencrypted copies of the keys of certificates that were installed
    before; Odoo's own clean-up removes their files."""
    certificates = env["certificate.certificate"].with_context(active_test=False)
    certificates.search([("scope", "=", "l10n_br")]).private_key_id.unlink()
