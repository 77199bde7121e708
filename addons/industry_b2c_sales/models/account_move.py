from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        self._b2c_ensure_posting()
        return super()._post(soft)

    def _b2c_ensure_posting(self):
        """No note of a consumer order is posted around the guard, nor over another
        amount than what was paid. Refunds are: what they undo was not wanted.

        :raises B2cHoldError: which order must not go on, and why
        """
        invoices = self.filtered(lambda move: move.move_type == "out_invoice")
        # sudo: an accountant may not read orders.
        orders = invoices.sudo().line_ids.sale_line_ids.order_id.filtered("is_b2c")
        asked = orders._b2c_ensure_go("nfe")
        for order in asked:
            order._b2c_check_total(
                order._b2c_invoices().filtered(
                    lambda move: move.state == "posted" or move in self
                )
            )
