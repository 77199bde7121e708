"""An account that sends stock and prices to a channel in memory."""

from odoo.addons.queue_job.tests.common import trap_jobs

from ..domain.contract import OfferKey
from .common import ConnectorCase
from .shop_offer import OfferShop, listing_of


class OfferCase(ConnectorCase):
    """``desk`` of 150.00 is in stock ten times, ``chair`` a hundred times. Nothing is
    sold here unless ``with_taxes``: chart and taxes are most of the time."""

    with_taxes = False

    @classmethod
    def _set_up_taxes(cls):
        if cls.with_taxes:
            return super()._set_up_taxes()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        return None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.listings = cls.env["marketplace.listing"]
        cls.desk = cls._make_product("MESA-1", stock=10)
        cls.account.push_stock = True

    def setUp(self):
        super().setUp()
        type(self).shop = OfferShop()

    # ------------------------------------------------------------ steps

    def read_listings(self, *offers):
        """Read all listings, as each night; the jobs that it left."""
        self.shop.offer(*offers)
        with trap_jobs() as trap:
            self.account._import_listings()
        return trap.enqueued_jobs

    def listed(self, item="MLB5", sku="MESA-1", **changes):
        """A listing that was read from the channel."""
        self.read_listings(listing_of(item, sku, **changes))
        return self.listing(item, changes.get("variation", ""))

    def listing(self, item, variation=""):
        return self.listings.with_context(active_test=False).search(
            [
                ("account_id", "=", self.account.id),
                ("item_id", "=", item),
                ("variation_id", "=", variation),
            ]
        )

    def push(self, kind="stock", full=False):
        """Run the sending job; what it says."""
        with trap_jobs():
            return self.account._push(kind, full)

    def kit(self, item="KIT1", **parts):
        """A listing that is a kit; ``parts``: units by a product's name in the case."""
        listing = self.listed(item, sku="")
        listing.component_ids = [
            (0, 0, {"product_id": getattr(self, name).id, "quantity": units})
            for name, units in parts.items()
        ]
        return listing

    def put(self, quantity, product=None):
        """Stock comes (or goes, when negative)."""
        self._stock(product or self.desk, quantity)

    def elsewhere(self, item, quantity):
        """Somebody changes the quantity at the channel."""
        key = OfferKey(item)
        self.shop.listings[key] = listing_of(item, quantity=quantity)
        self.shop.versions[key] += 1

    def offered(self, **settings):
        self.account.write(settings)
        self.push()
        return self.shop.quantity("MLB5")

    def committed(self):
        """The jobs that a commit would leave now."""
        self.env.flush_all()
        with trap_jobs() as trap:
            self.env.cr.postcommit.run()
        return [job.recordset for job in trap.enqueued_jobs]
