"""Everything that a channel call may raise.

An adapter raises only these. The text is English and for the log: it never holds a
token or a CPF. What a person reads is written by the models, from the class and the
``code``.
"""

from __future__ import annotations

from datetime import datetime


class ChannelError(Exception):
    """Base of all errors of a channel; ``retryable`` tells a job what to do.

    :ivar code: the channel's own code of the error ("" when it gave none)
    """

    retryable = False

    def __init__(self, msg: str = "", code: str = "") -> None:
        super().__init__(msg)
        self.code = code

    @property
    def name(self) -> str:
        """The class of this module that an adapter's own error belongs to."""
        return next(
            kind.__name__ for kind in type(self).__mro__ if kind.__module__ == __name__
        )


class Transient(ChannelError):
    """Network, 5xx, maintenance: the same call may work later."""

    retryable = True


class RateLimited(Transient):
    """Too many calls.

    :ivar retry_after: seconds to wait, None when the channel does not tell
    :ivar scope: ``burst`` (wait seconds) or ``daily`` (wait for the next day)
    """

    def __init__(
        self,
        msg: str = "",
        retry_after: float | None = None,
        scope: str = "burst",
        code: str = "",
    ) -> None:
        super().__init__(msg, code)
        self.retry_after = retry_after
        self.scope = scope


class OutcomeUnknown(Transient):
    """A write may have taken effect: read back before any second attempt."""


class TokenExpired(ChannelError):
    """The access token is refused: refresh once, replay once."""


class AuthDead(ChannelError):
    """Grant revoked or used up, shop banned: stop the account and ask a person."""


class NotFound(ChannelError):
    """The channel does not know the resource, or it is another account's."""


class Conflict(ChannelError):
    """Stale version header, or a compare-and-set that was lost."""


class AlreadyDone(ChannelError):
    """The channel holds this already, but what it holds is not what we sent.

    An adapter reads back by itself and returns success when both are the same.

    :ivar held_key: access key of the NF-e that the channel holds ("" if unknown)
    """

    def __init__(self, msg: str = "", code: str = "", held_key: str = "") -> None:
        super().__init__(msg, code)
        self.held_key = held_key


class Rejected(ChannelError):
    """The channel refuses what was sent; a repetition changes nothing.

    :ivar who: who can repair it: ``operator`` (data of this order), ``config``
        (data of the account or company: stop the account's queue) or ``bug`` (ours)
    """

    def __init__(self, code: str, msg: str = "", who: str = "operator") -> None:
        super().__init__(msg or code, code)
        self.who = who


class NotYet(ChannelError):
    """Right, but too early.

    :ivar not_before: earliest moment (UTC), None when the channel does not tell
    """

    retryable = True

    def __init__(
        self, msg: str = "", not_before: datetime | None = None, code: str = ""
    ) -> None:
        super().__init__(msg, code)
        self.not_before = not_before


class ContractDrift(ChannelError):
    """The answer does not fit the known shape: a person must look at it.

    :ivar body: first bytes of the raw answer, for the restricted call log
    """

    def __init__(self, msg: str = "", body: bytes = b"", code: str = "") -> None:
        super().__init__(msg, code)
        self.body = body


# One of these on one thing means that the next one fails in the same way.
FATAL = (AuthDead, TokenExpired, RateLimited)
