"""Numbers and names that more than one file of this addon uses."""

from datetime import timedelta

CHUNK = 50
"""Records per queue job and ids per call to a channel."""

QUEUE = "root.channel"
"""The queue channel above those of the marketplaces."""

COLLECT_SECONDS = 1
"""How long the drain waits for the events that come along with the first one."""

NOWHERE = "http://127.0.0.1:9"
"""Where the accounts of a neutralised copy point: the discard port, nobody listens."""

BODY_LIMIT = 256 * 1024
"""Bytes of a notification that we are ready to read; real ones are below 4 kB."""

KEEP_INBOX = timedelta(days=30)
"""Bodies of notifications can hold a CPF: they do not stay longer (LGPD)."""

KEEP_CALLS = timedelta(days=14)
"""The call log is for support, not for the archive."""

TOKEN_MARGIN = timedelta(minutes=5)
"""A token with less life than this is refreshed before it is used."""

CLOCK = timedelta(minutes=5)
"""How often the clock hands over what waits."""

BROKEN_CALL = timedelta(seconds=15)
"""A gateway breaks one call in a hundred; the next one works."""

HELD = timedelta(minutes=10)
"""What the guard holds is tried again after this: a buyer or a person decides."""

MAX_ATTEMPTS = 8
"""Tries of one notification or one XML before a person has to look."""

CONFIG_ERRORS_TO_PAUSE = 3
"""Configuration errors in a row that pause the account: 500 more would not help."""

SERVICE_GROUP = "marketplace_connector.marketplace_connector_group_service"
"""Who reads and answers what buyers write."""


ZONE = "America/Sao_Paulo"
"""Where the channels' and the operators' days begin, unless somebody says otherwise."""


def queue_of(account) -> str:
    """The queue channel of the calls to an account's marketplace.

    One each: a marketplace that makes us wait for our turn holds no more workers than
    its own capacity, and the others go on. Without a capacity the one above counts.
    """
    return f"{QUEUE}.{account.channel}"


def held(reason: str) -> timedelta:
    """How long the guard's hold lasts; a channel that did not answer soon does."""
    return timedelta(minutes=1) if reason == "provider_error" else HELD


def backoff(attempts: int) -> timedelta:
    """Wait before the next try: 1, 2, 4, … minutes, at most one hour."""
    return timedelta(minutes=min(2 ** max(attempts - 1, 0), 60))
