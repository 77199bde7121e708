from decimal import Decimal

from odoo import Command
from odoo.exceptions import UserError, ValidationError
from odoo.tests import new_test_user, tagged

from odoo.addons.industry_b2c_sales.domain.intake import IntakeLine

from ..domain.contract import Feature, OfferKey, Rejected, Transient
from .offer_common import OfferCase
from .shop import chair, order_of, timedelta
from .shop_offer import listing_of

GTIN = "7891000315507"


@tagged("post_install", "-at_install")
class TestListings(OfferCase):
    # ------------------------------------------------------------ import

    def test_one_listing_per_variation(self):
        self.read_listings(
            listing_of("MLB1", "A", "1"), listing_of("MLB1", "B", "2"), listing_of("C")
        )
        self.assertEqual(len(self.listings.search([])), 3)
        self.assertEqual(self.listing("MLB1", "2").sku, "B")
        self.assertEqual(self.listing("C").state, "active")
        self.assertEqual(self.listing("C").price_channel, 100)

    def test_reading_twice_changes_nothing(self):
        offers = [listing_of(f"MLB{number}") for number in range(5)]
        self.read_listings(*offers)
        listing = self.listing("MLB4")
        before = listing.write_date
        self.read_listings()
        self.assertEqual(len(self.listings.search([])), 5)
        self.assertEqual(listing.write_date, before)

    def test_interrupted_import_goes_on_where_it_was(self):
        self.shop.lost, self.shop.pages_left = Transient("gateway"), 1
        self.read_listings(*(listing_of(f"MLB{number}") for number in range(5)))
        self.assertEqual(len(self.listings.search([])), 2)
        self.assertFalse(self.account.listings_read_at)
        self.shop.pages_left = None
        self.read_listings()
        asked = [call[1] for call in self.shop.calls if call[0] == "listings"]
        self.assertEqual(asked, [0, 2, 2, 4])
        self.assertEqual(len(self.listings.search([])), 5)
        self.assertFalse(self.account.listing_cursor)

    def test_interrupted_import_archives_nothing(self):
        self.listed("MLB1")
        self.shop.listings.clear()
        self.frozen.tick(timedelta(hours=1))
        self.shop.lost, self.shop.pages_left = Transient("gateway"), 1
        self.read_listings(*(listing_of(f"MLB{number}") for number in range(5, 9)))
        self.assertTrue(self.listing("MLB1").active)

    def test_cursor_that_the_channel_forgot_starts_over(self):
        self.shop.lost, self.shop.pages_left = Rejected("scroll_expired"), 1
        self.read_listings(*(listing_of(f"MLB{number}") for number in range(3)))
        self.shop.pages_left = None
        self.read_listings()
        asked = [call[1] for call in self.shop.calls if call[0] == "listings"]
        self.assertEqual(asked, [0, 2, 0, 2])

    def test_vanished_listing_is_archived_and_comes_back(self):
        listing = self.listed("MLB1")
        self.listed("MLB2")
        gone = self.shop.listings.pop(OfferKey("MLB1"))
        self.frozen.tick(timedelta(days=1))
        self.read_listings()
        self.assertFalse(listing.active)
        self.assertTrue(listing.vanished_at)
        # An order that it left is still understood.
        line = IntakeLine("1", "?", Decimal(1), Decimal(1), item_id="MLB1")
        self.assertEqual(self.listings._find(self.account, [line]), {"1": self.desk})
        self.frozen.tick(timedelta(days=1))
        self.read_listings(gone)
        self.assertTrue(listing.active)

    def test_listing_that_a_person_archived_stays_so(self):
        listing = self.listed("MLB1")
        listing.active = False
        self.read_listings()
        self.assertFalse(listing.active)

    def test_answer_without_any_listing_archives_nothing(self):
        listing = self.listed("MLB1")
        self.shop.listings.clear()
        self.frozen.tick(timedelta(days=1))
        self.read_listings()
        self.assertTrue(listing.active)

    def test_offer_known_from_an_order_only_is_kept(self):
        self.read(order_of("9001", lines=(chair("?", item="OLD"),)))
        self.listed("MLB1")
        self.assertTrue(self.listing("OLD").active)

    def test_channel_without_listings_is_not_asked(self):
        self.shop.caps = type(self.shop.caps)(
            invoice_unit=self.shop.caps.invoice_unit,
            features=frozenset({Feature.STOCK}),
        )
        self.read_listings(listing_of("MLB1"))
        self.assertFalse(self.shop.count("listings"))

    def test_paused_account_reads_nothing(self):
        self.account.action_pause()
        self.read_listings(listing_of("MLB1"))
        self.assertFalse(self.shop.calls)

    # ------------------------------------------------------------ match

    def test_sku_then_gtin_find_the_product(self):
        self.chair.barcode = GTIN
        self.read_listings(
            listing_of("MLB1", "MESA-1"),
            listing_of("MLB2", "unknown", gtin="0" + GTIN),
        )
        self.assertEqual(self.listing("MLB1").product_id, self.desk)
        self.assertEqual(self.listing("MLB2").product_id, self.chair)

    def test_doubtful_codes_match_nothing(self):
        self._make_product("CAD-1")
        self.desk.barcode = GTIN
        self._make_product("OLD", active=False)
        self.read_listings(
            listing_of("MLB1", "CAD-1"),
            listing_of("MLB2", "OLD"),
            listing_of("MLB3", "CAD-1", gtin=GTIN),
        )
        self.assertFalse(self.listings.search([]).product_id)

    def test_nothing_is_ever_made_of_a_listing(self):
        before = self.env["product.product"].search_count([])
        self.listed("MLB1", sku="NEW", gtin=GTIN)
        self.assertEqual(self.env["product.product"].search_count([]), before)

    def test_product_of_a_person_is_not_changed(self):
        listing = self.listed("MLB1", sku="?")
        listing.product_id = self.chair
        self.read_listings(listing_of("MLB1", "MESA-1"))
        self.assertEqual((listing.product_id, listing.sku), (self.chair, "MESA-1"))

    def test_code_that_a_person_explained_matches(self):
        self.env["b2c.product.code"].create(
            {"code": "X9", "product_id": self.desk.id, "company_id": self.company.id}
        )
        self.assertEqual(self.listed("MLB1", sku="X9").product_id, self.desk)

    # ------------------------------------------------------------ suggestions

    def someone(self):
        return new_test_user(
            self.env,
            login="listing_user",
            groups="marketplace_connector.marketplace_connector_group_user",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def test_suggestions_are_accepted_in_bulk(self):
        self.read_listings(
            listing_of("MLB1", "mesa 1"),
            listing_of("MLB2", "", title="CADEIRA CAD-1"),
            listing_of("MLB3", "", title="Violão"),
        )
        rows = self.listings.search([]).with_user(self.someone())
        self.assertEqual(self.listing("MLB1").suggested_product_id, self.desk)
        rows.action_accept_suggestion()
        self.assertEqual(self.listing("MLB1").product_id, self.desk)
        self.assertEqual(self.listing("MLB2").product_id, self.chair)
        self.assertFalse(self.listing("MLB3").product_id)
        self.assertFalse(self.listing("MLB1").suggestion_ids)
        with self.assertRaises(UserError):
            rows.action_accept_suggestion()

    def test_second_suggestion_is_accepted_with_a_click(self):
        listing = self.listed("MLB1", sku="", title="Cadeira MESA")
        other = listing.suggestion_ids.filtered(lambda one: one.product_id == self.desk)
        other.with_user(self.someone()).action_accept()
        self.assertEqual(listing.product_id, self.desk)

    def test_new_product_is_found_by_looking_again(self):
        listing = self.listed("MLB1", sku="NEW-7")
        product = self._make_product("NEW-7")
        listing.with_user(self.someone()).action_suggest()
        self.assertEqual(listing.product_id, product)

    # ------------------------------------------------------------ rights

    def test_product_or_kit_not_both(self):
        listing = self.listed("MLB1")
        with self.assertRaises(ValidationError):
            listing.component_ids = [Command.create({"product_id": self.chair.id})]

    def test_other_companies_are_out_of_sight(self):
        self.kit(chair=1)
        self.listed("MLB9", sku="mesa1")
        other = self._make_company("Outra Indústria", "34274233000102")
        stranger = new_test_user(
            self.env,
            login="stranger",
            groups="marketplace_connector.marketplace_connector_group_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for name in ("", ".component", ".suggestion"):
            model = self.env[f"marketplace.listing{name}"]
            self.assertTrue(model.search([]), name)
            theirs = model.with_user(stranger).with_context(
                allowed_company_ids=other.ids
            )
            self.assertFalse(theirs.search([]), name)

    def test_reader_sees_our_stock_without_reading_policies(self):
        listing = self.listed("MLB1")
        user = self.someone()
        self.assertEqual(listing.with_user(user).stock_ours, 10)
        self.assertEqual(self.account.with_user(user).listing_count, 1)
