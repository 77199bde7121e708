"""Constants of the simulated Mercado Livre API (site MLB)."""

from __future__ import annotations

from datetime import timedelta, timezone

SITE_ID = "MLB"
CURRENCY = "BRL"

ACCESS_TOKEN_LIFE = timedelta(hours=6)
REFRESH_TOKEN_IDLE_LIFE = timedelta(days=120)
AUTHORIZATION_CODE_LIFE = timedelta(minutes=10)

ML_ZONE = timezone(timedelta(hours=-4))
"""Orders, payments and shipments carry -04:00 (Amazon time)."""
BRT_ZONE = timezone(timedelta(hours=-3))
"""Promised dates of a shipment carry -03:00."""

MAX_SEARCH_LIMIT = 50
MAX_LABELS = 50
MAX_NFE_BYTES = 1_000_000
NFE_NAMESPACE = "http://www.portalfiscal.inf.br/nfe"

NOTIFICATION_TRIES = 8
NOTIFICATION_RETRY_MINUTES = (1, 2, 4, 8, 12, 15, 18)
"""Waits between the 8 tries: together one hour."""
NOTIFICATION_TIMEOUT_MS = 500
MISSED_FEEDS_KEPT = timedelta(days=2)

INVOICE_LOGISTICS = frozenset(
    {"drop_off", "xd_drop_off", "xd_same_day", "cross_docking"}
)
PRINTABLE = frozenset({"ready_to_print", "printed"})

MASK = "XXXXXXX"

PLAN_BEFORE_INVOICE = "before_invoice"
PLAN_AFTER_INVOICE = "after_invoice"
PLAN_AFTER_LABEL = "after_label"
CANCEL_PLANS = (PLAN_BEFORE_INVOICE, PLAN_AFTER_INVOICE, PLAN_AFTER_LABEL)
PLAN_SHARE = 0.02
"""Share of the orders each kind of planned cancellation takes by default."""
