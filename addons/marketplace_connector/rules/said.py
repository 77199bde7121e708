"""Did an answer or action arrive whose outcome nobody told us? Only reads."""

from __future__ import annotations

from datetime import timedelta

from ..domain.contract import ChannelError, Cursor, MessageKind

MARGIN = timedelta(minutes=5)
"""Clocks differ: the channel may date our text before we sent it."""


def is_done(adapter, intent) -> bool:
    """Look at the channel.

    :param adapter: ``features.ServiceChannel``
    :param intent: ``operation``, ``kind``, ``thread``, ``subject``, ``action``,
        ``text`` and ``since`` of the attempt
    :raises ChannelError: nobody can tell yet
    """
    if intent.operation == "reply":
        return _replied(adapter, intent)
    read = adapter.read_claims
    if intent.operation == "return_action":
        read = adapter.read_returns
    for result in read([intent.subject]):
        record = _record(result)
        return all(action.code != intent.action for action in record.actions)
    return False


def _replied(adapter, intent) -> bool:
    kind = MessageKind(intent.kind)
    if kind == MessageKind.QUESTION:
        return any(
            _record(result).answered
            for result in adapter.read_messages(kind, [intent.subject])
        )
    wanted = _plain(intent.text)
    pages = adapter.messages(kind, Cursor(low=intent.since - MARGIN))
    return any(
        message.thread == intent.thread
        and message.author == "seller"
        and message.at >= intent.since - MARGIN
        and _plain(message.text) == wanted
        for page in pages
        for message in page.items
    )


def _record(result):
    if isinstance(result, tuple):
        error: ChannelError = result[1]
        raise error
    return result


def _plain(text: str) -> str:
    return " ".join(text.split())
