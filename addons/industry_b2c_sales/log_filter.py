"""No CPF in the server's log.

PostgreSQL names the values in its messages (a duplicate key), and Odoo logs the failed
statement with all of them.
"""

import logging

from .domain.redact import redact


class RedactFilter(logging.Filter):
    """Mask CPF and CNPJ in the records of one logger; nothing is held back."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.getMessage())
        record.args = ()
        return True


def install() -> None:
    """Filter the log of the SQL that failed, once per process."""
    logger = logging.getLogger("odoo.sql_db")
    if not any(isinstance(known, RedactFilter) for known in logger.filters):
        logger.addFilter(RedactFilter())
