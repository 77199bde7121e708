"""Names and numbers of the Selling Partner API, store Amazon.com.br."""

from datetime import timedelta

CHANNEL = "amazon"
MARKETPLACE_ID = "A2Q3Y263D00KWC"
CURRENCY = "BRL"

API_URL = "https://sellingpartnerapi-na.amazon.com"
LOGIN_URL = "https://api.amazon.com"
CONSENT_URL = "https://sellercentral.amazon.com.br"
CONSENT_PATH = "/apps/authorize/consent"
# Where label files lie: the presigned addresses are Amazon S3's.
FILE_HOSTS = (".amazonaws.com",)

# Amazon Serviços de Varejo do Brasil Ltda: goes to infIntermed of the NF-e
# (NT 2020.006). Orders name only the root of it.
INTERMEDIARY_CNPJ = "15436940000103"

NFE_MAX_BYTES = 1_000_000
PAGE = 100
LISTING_PAGE = 20

# The search takes no moment younger than two minutes; clocks may differ by one.
SEARCH_LAG = timedelta(minutes=3)
POLL_OVERLAP = timedelta(minutes=10)

# Orders are read together by a search instead of one by one from here on, and as long
# as a page brought so many of them. A page costs 179 s of its limit, an order 2 s, but
# the search's burst of 20 is idle otherwise.
TOGETHER = 10
# Several pages of the search for one job: it finds its orders among those of others.
READ_BATCH = 200
# So many are read one by one before the job ends and the rest waits for another: two
# seconds each would keep a worker for minutes, and what was read would wait with it.
ALONE = 20
ALONE_REST = 60.0
# What changed now, then what an outage has left; open orders for the live check.
READ_WINDOWS = (timedelta(minutes=30), timedelta(days=1))
LIVE_WINDOW = timedelta(days=30)
# A return may change weeks after it was asked for; the list knows only creation.
RETURN_AGE = timedelta(days=60)

EASY_SHIP = "EasyShip"
ON_SITE = "FbaOnSite"
SELF_SHIP = "SelfShip"
PROGRAMS = frozenset({EASY_SHIP, ON_SITE, SELF_SHIP})

RATES = {
    "searchOrders": (0.0056, 20.0),
    "getOrder": (0.5, 30.0),
    "confirmShipment": (2.0, 10.0),
    "submitInvoice": (1.133, 25.0),
    "getInvoiceStatus": (1.133, 25.0),
    "searchListingsItems": (5.0, 5.0),
    "getListingsItem": (5.0, 10.0),
    "patchListingsItem": (5.0, 5.0),
}
"""Operation → (calls per second, calls at once), as the API models document them; for
External Fulfillment they document none."""
