import time
from contextlib import contextmanager
from hashlib import sha1

from psycopg2 import OperationalError

from odoo import models
from odoo.exceptions import LockError
from odoo.service.model import PG_CONCURRENCY_ERRORS_TO_RETRY

from odoo.addons.queue_job.exception import RetryableJobError

LOCK_RETRY_SECONDS = 10
RESULT_WAITS = (0.1, 0.5, 2)
"""Seconds between the tries to store a result."""


class NfeTransactionMixin(models.AbstractModel):
    """Intent, call, result: the short transactions of whatever goes to the SEFAZ."""

    _name = "nfe.transaction.mixin"
    _description = "NF-e Transactions"

    @contextmanager
    def _nfe_transaction(self):
        """A short transaction of its own: yields self in it, commits at the end.

        The caller's cache is stale afterwards, so it is dropped. Runs as superuser:
        what the SEFAZ answered must be stored whoever confirmed the document or asked
        for the voiding, and no user may write the attempts.
        """
        self.env.flush_all()
        with self.env.registry.cursor() as cr:
            # sudo: see the docstring.
            yield self.with_env(self.env(cr=cr, su=True))
        self.env.invalidate_all(flush=False)

    def _nfe_store(self, method, *args):
        """Write the result of a call, in a transaction of its own.

        What the SEFAZ answered cannot be asked twice at will, so a conflict with
        another transaction is tried again right here.
        """
        for wait in (*RESULT_WAITS, None):
            try:
                with self._nfe_transaction() as batch:
                    getattr(batch, method)(*args)
                return
            except OperationalError as error:
                if wait is None or error.pgcode not in PG_CONCURRENCY_ERRORS_TO_RETRY:
                    raise
                time.sleep(wait)

    def _nfe_lock(self):
        """Lock the rows of self.

        :raises RetryableJobError: another transaction holds one of them
        """
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise RetryableJobError(
                "records are locked", seconds=LOCK_RETRY_SECONDS
            ) from error
        # What was read before the lock may have changed since.
        self.invalidate_recordset(flush=False)

    def _nfe_delay(self, method, channel, *args, delay=0):
        """Queue a job on self, once: a waiting job for the same records is enough.

        Later jobs have a key of their own, or a far one would swallow a near one.
        """
        names = "-".join(map(str, sorted(self.ids)))
        digest = sha1(names.encode(), usedforsecurity=False).hexdigest()
        delayed = self.with_delay(
            channel=channel,
            eta=delay or None,
            identity_key=f"{self._name}.{method}.{digest}.{delay and 'later' or 'now'}",
        )
        getattr(delayed, method)(*args)
