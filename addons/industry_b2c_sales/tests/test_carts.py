from odoo.tests import tagged

from .common import SOURCE, B2cCase, intake, line


@tagged("post_install", "-at_install")
class TestCarts(B2cCase):
    """Orders that were one cart at the channel are found from each other."""

    def test_siblings_are_one_click_away(self):
        first, second, alone = self.take_in(
            intake("1", pack_id="P1"), intake("2", pack_id="P1"), intake("3")
        )
        foreign = self.take_in(intake("1x", pack_id="P1", source="shopee/1"))
        self.assertEqual((first + second + alone).mapped("b2c_pack_count"), [2, 2, 0])
        self.assertEqual(foreign.b2c_pack_count, 1)
        action = first.with_user(self.operator).action_view_b2c_pack()
        self.assertEqual(self.orders.search(action["domain"]), first + second)

    def test_cart_waits_for_its_order_in_quarantine(self):
        first = self.authorized("1", pack_id="P1")
        self.assertFalse(first._b2c_shipping_ready())
        [result] = self.orders._b2c_intake([intake("2", (line("NONE"),), pack_id="P1")])
        issue = self.issues.browse(result.issue_id)
        self.assertEqual(issue.pack_ref, f"{SOURCE}/P1")
        first.invalidate_recordset(["b2c_pack_held_count"])
        self.assertEqual(first.b2c_pack_held_count, 1)
        verdict = first.with_user(self.operator)._b2c_dispatch()[first.id]
        self.assertEqual((verdict.go, verdict.reason_code), (False, "cart_incomplete"))
        domain = first.action_view_b2c_pack_issues()["domain"]
        self.assertEqual(self.issues.search(domain), issue)
        domain = issue.with_user(self.operator).action_view_pack()["domain"]
        self.assertEqual(self.orders.search(domain), first)
        issue.action_solve()
        self.assertTrue(first._b2c_dispatch()[first.id].go)

    def test_cart_waits_for_its_order_that_is_still_a_draft(self):
        first = self.authorized("1", pack_id="P1")
        [draft] = self.take_in(
            intake("2", pack_id="P1", facts=()),
        )
        self.take_in(intake("3", pack_id="P2"), intake("4"))
        self.assertEqual(first.b2c_pack_held_count, 1)
        verdict = first.with_user(self.operator)._b2c_dispatch()[first.id]
        self.assertEqual((verdict.go, verdict.reason_code), (False, "cart_incomplete"))
        # Alone in its cart but for one that is ready, it waits for nobody.
        self.assertFalse(draft._b2c_pack_held())
        self.cancel(draft)
        self.assertTrue(first._b2c_dispatch()[first.id].go)

    def test_issue_of_a_draft_in_the_cart_is_one_click_away(self):
        first, draft = self.take_in(
            intake("1", pack_id="P1"), intake("2", pack_id="P1")
        )
        draft._b2c_report_error(ValueError("no NCM"), "advance_failed")
        domain = first.action_view_b2c_pack_issues()["domain"]
        self.assertEqual(self.issues.search(domain), draft.b2c_issue_ids)

    def test_order_without_cart_asks_nothing(self):
        order = self.take_in(intake("1"))
        with self.assertQueryCount(0):
            self.assertEqual(order._b2c_pack_held(), {})
