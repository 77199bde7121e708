"""Names and limits of the NF-e pipeline that more than one file uses."""

from datetime import timedelta

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

ABUSE_PAUSE = timedelta(hours=1)
"""How long the SEFAZ blocks after 656, consumo indevido (NT 2014.002)."""

PREFLIGHT = "preflight"
CERTIFICATE_MISSING = "certificate_missing"
CERTIFICATE_EXPIRED = "certificate_expired"
CERTIFICATE_INVALID = "certificate_invalid"
SEFAZ_UNAVAILABLE = "sefaz_unavailable"
SEFAZ_PAUSED = "sefaz_paused"
OUTCOME_UNKNOWN = "outcome_unknown"
VETOED = "vetoed"
SCHEMA = "schema"
DIGEST_MISMATCH = "digest_mismatch"
DUPLICATE_OTHER_KEY = "duplicate_other_key"
MOVE_NOT_CANCELLED = "move_not_cancelled"
CORRECTION_IMPOSSIBLE = "correction_impossible"

RETRYABLE_PROBLEMS = (
    CERTIFICATE_MISSING,
    CERTIFICATE_EXPIRED,
    CERTIFICATE_INVALID,
    SEFAZ_UNAVAILABLE,
    SEFAZ_PAUSED,
    VETOED,
)
"""Problems that end without a change of the document: the cron tries again."""
