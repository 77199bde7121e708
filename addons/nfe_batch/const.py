"""Names and limits of the NF-e pipeline that more than one file uses."""

from datetime import timedelta

from .domain import contingency

PROCESSOR = "nfe_batch"
"""Value of ``res.company.processador_edoc``."""

MODEL_NFE = "55"

MAX_JOB_DOCUMENTS = 50
"""Most notes in a lot (XSD: maxOccurs of enviNFe/NFe), and records in a job."""

LOT_FROM = 10
"""So many waiting notes go as a lot unless the company says otherwise: fewer are
through one by one before the result of their lot could be asked for."""

SEND_CHANNEL = "root.nfe.send"
PAPERS_CHANNEL = "root.nfe.papers"

LABELS_PER_FILE = 100
"""Labels in a merged file: what a roll prints in one go, and little memory."""

PRINT_NOW = {"danfe": 50, "labels": 300, "zpl": 1000}
"""So many papers are merged while the user waits; more of them by a job."""

CALL_LIMIT = timedelta(minutes=3)
"""No call lives longer (connect and read timeouts are far below): an attempt that
is open for longer belongs to a process that died."""

READ_BACK_DELAYS = (15, 60, 300, 900)
"""Seconds before the n-th consult of a note whose outcome is unknown; at most eight
an hour and note, the SEFAZ blocks at ten (NT 2018.002)."""

RETRY_DELAYS = (30, 60, 120, 300, 600)
"""Seconds before the n-th new try when the SEFAZ could not be reached or is down."""

POLL_DELAYS = (15, 30, 60, 120)
"""Seconds before the n-th question for the result of a lot (MOC 7.0, 5.2: 15 s)."""

VETO_DELAY = 600
"""Seconds until a note that was held back is looked at again."""

PATIENCE = timedelta(minutes=2)
"""How long the SEFAZ must not know a note before its bytes go once more: a request
that was cut off may still be on its way."""

STATUS_INTERVAL = contingency.STATUS_INTERVAL
"""Between two questions for the status of the service (NT 2018.002)."""

FIRST_QUESTION = timedelta(seconds=30)
"""After notes were held: a restart of a service takes no longer."""

TRIES_TO_HOLD = 3
"""So often a note could not be sent, and all wait for the SEFAZ to be up."""

REFUSALS_TO_STOP = 3
"""So many notes in a row refused for form or signature stop the sender."""

MAX_SENDS_AN_HOUR = 5
"""Decided sendings of one note; the SEFAZ blocks at thirty equal refusals."""

ABUSE_PAUSE = timedelta(hours=1)
"""How long the SEFAZ blocks after 656, consumo indevido (NT 2014.002)."""

DISTRIBUTION_PAUSE = timedelta(minutes=61)
"""Between two questions for documents when there were no more (NT 2014.002: an hour;
a minute for the clocks)."""

DISTRIBUTION_RETRY = timedelta(minutes=10)
"""Before the question is repeated when no answer came."""

MAX_SEARCHES_AN_HOUR = 18
"""Questions by key of one company; the national environment blocks after 20."""

PREFLIGHT = "preflight"
CERTIFICATE_MISSING = "certificate_missing"
CERTIFICATE_EXPIRED = "certificate_expired"
CERTIFICATE_INVALID = "certificate_invalid"
SEFAZ_UNAVAILABLE = "sefaz_unavailable"
SEFAZ_PAUSED = "sefaz_paused"
OUTCOME_UNKNOWN = "outcome_unknown"
VETOED = "vetoed"
LOT_REFUSED = "lot_refused"
SENDER_STOPPED = "sender_stopped"
CERTIFICATE_REFUSED = "certificate_refused"
TOO_MANY_TRIES = "too_many_tries"
SCHEMA = "schema"
DIGEST_MISMATCH = "digest_mismatch"
DUPLICATE_OTHER_KEY = "duplicate_other_key"
MOVE_NOT_CANCELLED = "move_not_cancelled"
CANCELLED_ELSEWHERE = "cancelled_elsewhere"
EPEC_IMPOSSIBLE = "epec_impossible"
CORRECTION_IMPOSSIBLE = "correction_impossible"

RETRYABLE_PROBLEMS = (
    CERTIFICATE_MISSING,
    CERTIFICATE_EXPIRED,
    CERTIFICATE_INVALID,
    SEFAZ_UNAVAILABLE,
    SEFAZ_PAUSED,
    VETOED,
    LOT_REFUSED,
    SENDER_STOPPED,
    CERTIFICATE_REFUSED,
    TOO_MANY_TRIES,
)
"""Problems that end without a change of the document: the cron tries again."""

NO_PAYMENT, OTHER_PAYMENT = "90", "99"
CARD_METHODS = ("03", "04")
PAYMENT_METHODS = [
    ("01", "01 - Cash"),
    ("02", "02 - Cheque"),
    ("03", "03 - Credit card"),
    ("04", "04 - Debit card"),
    ("05", "05 - Store credit"),
    ("15", "15 - Boleto"),
    ("16", "16 - Bank deposit"),
    ("17", "17 - PIX, dynamic"),
    ("18", "18 - Bank transfer or digital wallet"),
    ("20", "20 - PIX, static"),
    ("99", "99 - Other"),
]
"""tPag that a company may set (table of IT 2024.002)."""
