from odoo.exceptions import UserError


class B2cHoldError(UserError):
    """Something typed keeps an order from going on; ``codes`` as in ``b2c.issue``."""

    def __init__(self, message, codes=()):
        super().__init__(message)
        self.codes = tuple(codes)
