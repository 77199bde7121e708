from odoo.exceptions import ConcurrencyError, UserError

from odoo.addons.queue_job.exception import RetryableJobError


class NfePreflightError(UserError):
    """A note that the SEFAZ would refuse; raised before a number is used.

    ``codes`` are the typed problems (``domain.preflight``), the message lists all of
    them in the company's language.
    """

    def __init__(self, message, codes=()):
        super().__init__(message)
        self.codes = tuple(codes)


class NfeCertificateError(Exception):
    """The company cannot sign; ``code`` is a problem code, ``until`` its last day."""

    def __init__(self, code, until=None):
        super().__init__(code)
        self.code = code
        self.until = until


class NfeSeriesBusyError(RetryableJobError, ConcurrencyError):
    """Another transaction draws numbers of the series.

    Odoo repeats a request that raises it, the queue a job, which costs the job none of
    its tries.
    """

    def __init__(self, message):
        super().__init__(message, seconds=1, ignore_retry=True)
