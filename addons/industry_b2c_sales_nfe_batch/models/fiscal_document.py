from odoo import models

from odoo.addons.industry_b2c_sales.domain.axes import Axis, FiscalState

SOURCE = "sefaz"


class FiscalDocument(models.Model):
    _inherit = "l10n_br_fiscal.document"

    def _b2c_orders(self):
        """The consumers' orders behind these documents.

        sudo: the fiscal people and the queue's jobs need not read orders.
        """
        moves = self.sudo().mapped("move_ids")
        return moves.line_ids.sale_line_ids.order_id.filtered("is_b2c")

    def _nfe_veto(self):
        """No note leaves for an order that is not clearly to be shipped."""
        vetoes = super()._nfe_veto()
        by_document = {document.id: document._b2c_orders() for document in self}
        orders = self.env["sale.order"].union(*by_document.values())
        verdicts = orders._b2c_guard("nfe")
        for document in self:
            stopped = by_document[document.id].filtered(
                lambda order: not verdicts[order.id].go
            )
            if stopped and document.id not in vetoes:
                company = document.company_id._nfe_lang()
                vetoes[document.id] = company.env["b2c.guard.verdict"]._reason_text(
                    verdicts[stopped[0].id].reason_code
                )
        return vetoes

    def _nfe_after_authorize(self):
        result = super()._nfe_after_authorize()
        self._b2c_log_fiscal(FiscalState.AUTHORIZED)
        self._b2c_solve()
        self._b2c_resume_cancellation()
        return result

    def _nfe_after_cancel(self):
        result = super()._nfe_after_cancel()
        self._b2c_log_fiscal(FiscalState.CANCELLED)
        self._b2c_solve()
        self._b2c_resume_cancellation()
        return result

    def _nfe_after_problem(self):
        """The note's problem becomes an item of the order desk's work queue."""
        result = super()._nfe_after_problem()
        for document in self:
            for order in document._b2c_orders():
                self.env["b2c.issue"]._report(
                    document.nfe_problem_code,
                    message=document.nfe_problem,
                    record=document,
                    order=order,
                    company=document.company_id,
                    replay="action_nfe_retry",
                )
                if document.state_edoc == "rejeitada":
                    document._b2c_log_fiscal(FiscalState.NFE_REJECTED)
        return result

    def _b2c_log_fiscal(self, state):
        news = []
        for document in self:
            uid = f"nfe/{document.document_key}/{state.value}/{document.nfe_tries}"
            news += [(order, uid) for order in document._b2c_orders()]
        self._b2c_orders()._b2c_log_each(Axis.FISCAL, state, SOURCE, news)

    def _b2c_resume_cancellation(self):
        """The plan of a cancelled or replaced order waits for what the SEFAZ says."""
        orders = self._b2c_orders().filtered(
            lambda order: order.b2c_order_state in ("cancelled", "superseded")
        )
        orders._b2c_queue_cancellation()

    def _b2c_solve(self):
        self.env["b2c.issue"]._solve(None, self)
