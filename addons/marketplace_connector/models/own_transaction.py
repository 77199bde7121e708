"""Short transactions beside the caller's, for what must survive its failure."""

from contextlib import contextmanager

from psycopg2.extensions import TransactionRollbackError

from odoo import SUPERUSER_ID, api

TRIES = 5


@contextmanager
def own_transaction(records):
    """Yield ``records`` in a transaction of its own, as superuser; commit at the end.

    For a dead token, an intent, the outcome of a call. The caller must not have written
    the same rows before: he would wait for himself.
    """
    # What the caller has in his cache but not in the database would be unseen.
    records.env.flush_all()
    with records.env.registry.cursor() as cr:
        context = dict(records.env.context)
        yield records.with_env(api.Environment(cr, SUPERUSER_ID, context))
    # What the caller read before may have changed.
    records.env.invalidate_all(flush=False)


def in_own_transaction(records, work):
    """``work(records)`` in an own transaction, again when somebody else was faster.

    The outcome of a call that cannot be repeated must not be lost to a serialisation
    failure on a sale order that another worker has just written.

    :param work: must have no effect outside of the database
    :return: what ``work`` returns
    """
    for attempt in range(TRIES):
        try:
            with own_transaction(records) as mine:
                return work(mine)
        except TransactionRollbackError:
            if attempt == TRIES - 1:
                raise
