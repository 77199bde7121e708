from odoo.exceptions import UserError
from odoo.tests import tagged

from ..domain.contract import OutcomeUnknown, Rejected
from .offer_common import OfferCase
from .shop_offer import listing_of


@tagged("post_install", "-at_install")
class TestPricePush(OfferCase):
    """The pricelist gives the desk 10 % off its 150.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pricelist = cls.env["product.pricelist"].create(
            {
                "name": "Marketplace",
                "currency_id": cls.company.currency_id.id,
                "company_id": cls.company.id,
                "item_ids": [
                    (0, 0, {"compute_price": "percentage", "percent_price": 10})
                ],
            }
        )
        cls.account.pricelist_id = cls.pricelist

    def test_changed_prices_are_sent_and_only_those(self):
        listing = self.listed(price=140)
        self.push("price")
        self.push("price")
        self.assertEqual(self.shop.pushed("price"), [(("MLB5", 135),)])
        self.assertEqual((listing.price_channel, listing.price_state), (135, "sent"))

    def test_kit_costs_what_its_parts_cost(self):
        self.kit(desk=1, chair=2)
        self.account.price_limit = 1000
        self.push("price")
        self.assertEqual(self.shop.price("KIT1"), 405)

    def test_great_change_asks_a_person(self):
        listing = self.listed(price=1350)
        self.push("price")
        self.push("price")
        self.assertFalse(self.shop.pushed("price"))
        self.assertEqual((listing.price_state, listing.price_sent), ("held", 135))
        issue = self.open_issues(code="channel_price_held")
        self.assertEqual((issue._record(), issue.count), (listing, 1))
        self.assertIn("1350.00", issue.message)

        listing.action_accept_price()
        self.assertFalse(self.open_issues(code="channel_price_held"))
        self.push("price")
        self.assertEqual(self.shop.price("MLB5"), 135)

    def test_accepting_one_price_accepts_no_other(self):
        listing = self.listed(price=1350)
        self.push("price")
        listing.action_accept_price()
        self.pricelist.item_ids.percent_price = 90
        self.push("price")
        self.assertFalse(self.shop.pushed("price"))
        self.assertEqual((listing.price_state, listing.price_sent), ("held", 15))

    def test_price_of_nothing_is_never_sent(self):
        self.pricelist.item_ids.percent_price = 100
        listing = self.listed()
        self.push("price")
        self.assertFalse(self.shop.pushed("price"))
        with self.assertRaises(UserError):
            listing.action_accept_price()

    def test_refused_price_stops_no_other(self):
        self.read_listings(
            listing_of("MLB5", "MESA-1", price=130),
            listing_of("MLB6", "CAD-1", price=130),
        )
        self.shop.refuse_line["MLB5"] = Rejected("in_promotion")
        self.push("price")
        self.assertEqual(self.shop.price("MLB6"), 135)
        self.assertTrue(self.open_issues(code="channel_price_refused"))

    def test_lost_answer_is_read_back(self):
        listing = self.listed(price=130)
        self.shop.lost = OutcomeUnknown("timeout")
        self.push("price")
        self.shop.lost = None
        self.push("price")
        self.assertEqual(listing.price_state, "sent")
        self.assertEqual(self.shop.count("push_price"), 1)
        self.assertEqual(self.shop.count("read_listings"), 1)
