"""Question and message routes (API pages "perguntas e respostas", "mensagens")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request

from simulators.common.channel.routing import Answer, Route

from .aftersales import Question, Text
from .const import SITE_ID
from .errors import MlError, bad_request, forbidden, not_found
from .payloads_common import ml_date, utc_date
from .routing import int_param, json_object

if TYPE_CHECKING:
    from .engine import Engine

AGENT_ID = 3_037_675_074
"""Since 02/02/2026 a seller writes to ML's agent, not to the buyer."""
_MAX_ANSWER = 2000
_MAX_MESSAGE = 350
_STATUSES = frozenset(
    "UNANSWERED ANSWERED CLOSED_UNANSWERED UNDER_REVIEW BANNED DELETED DISABLED".split()
)


def get_question(engine: Engine, request: Request, question_id: int) -> Answer:
    """``GET /questions/{id}?api_version=4``."""
    _version(request)
    return Answer(_question(engine, engine.aftersales.question(question_id)))


def search_questions(engine: Engine, request: Request) -> Answer:
    """``GET /questions/search?seller_id=&api_version=4``, by date."""
    _version(request)
    if int_param(request, "seller_id") != engine.seller.user_id:
        raise forbidden("The caller is not the seller")
    status = request.args.get("status")
    if status is not None and status not in _STATUSES:
        raise bad_request("unknown status")
    offset, limit = int_param(request, "offset", 0), int_param(request, "limit", 50)
    if not 1 <= limit <= 50:
        raise bad_request("limit must be 1 to 50")
    rows = sorted(engine.aftersales.questions(), key=lambda row: row.created)
    if request.args.get("sort_types") == "DESC":
        rows.reverse()
    found = [row for row in rows if status in (None, row.status)]
    page = [_question(engine, row) for row in found[offset : offset + limit]]
    return Answer({"total": len(found), "limit": limit, "questions": page})


def post_answer(engine: Engine, request: Request) -> Answer:
    """``POST /answers``: once per question, at most 2,000 characters."""
    body = json_object(request)
    text = _text(body, _MAX_ANSWER)
    question = engine.aftersales.question(int(body.get("question_id") or 0))
    if question.status != "UNANSWERED":
        raise MlError(400, "not_unanswered_question", "Question is not unanswered")
    question.status, question.answer = "ANSWERED", text
    question.answered = engine.clock.now()
    engine.aftersales.save_question(question)
    engine.announcer.question(question.id)
    return Answer(_question(engine, question))


def _version(request: Request) -> None:
    if request.args.get("api_version") != "4":
        raise bad_request("api_version=4 is required")


def _text(body: dict[str, Any], limit: int) -> str:
    text = body.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request("text is required")
    if len(text) > limit:
        message = f"The text must be at most {limit} characters"
        raise MlError(400, "text_too_long", message)
    return text


def _question(engine: Engine, question: Question) -> dict[str, Any]:
    answer = None
    if question.answer is not None:
        answer = {
            "text": question.answer,
            "status": "ACTIVE",
            "date_created": ml_date(question.answered),
        }
    return {
        "id": question.id,
        "seller_id": engine.seller.user_id,
        "buyer_id": question.buyer_id,
        "item_id": question.item_id,
        "deleted_from_listing": False,
        "suspected_spam": False,
        "status": question.status,
        "hold": False,
        "text": question.text,
        "date_created": ml_date(question.created),
        "answer": answer,
        "from": {"id": question.buyer_id},
    }


def get_pack_messages(
    engine: Engine, request: Request, pack_id: int, seller_id: int
) -> Answer:
    """``GET /messages/packs/{pack}/sellers/{seller}?tag=post_sale``.

    Reading marks as read, unless ``mark_as_read=false``.
    """
    _conversation(engine, request, pack_id, seller_id)
    offset, limit = int_param(request, "offset", 0), int_param(request, "limit", 10)
    texts = list(reversed(engine.aftersales.texts(f"pack:{pack_id}")))
    page = texts[offset : offset + limit]
    if request.args.get("mark_as_read") != "false":
        for text in page:
            text.read = True
            engine.aftersales.save_text(text)
    blocked = engine.aftersales.conversation(pack_id).blocked
    return Answer(
        {
            "paging": {"limit": limit, "offset": offset, "total": len(texts)},
            "conversation_status": {
                "path": f"/packs/{pack_id}/sellers/{seller_id}",
                "status": "blocked" if blocked else "active",
                "substatus": blocked or None,
                "status_date": utc_date(engine.clock.now()),
                "status_update_allowed": False,
                "claim_id": None,
                "shipping_id": None,
            },
            "messages": [_message(engine, text) for text in page],
            "seller_max_message_length": _MAX_MESSAGE,
            "buyer_max_message_length": 3500,
        }
    )


def post_pack_message(
    engine: Engine, request: Request, pack_id: int, seller_id: int
) -> Answer:
    """``POST …?tag=post_sale``: 350 characters, to the agent, not when blocked."""
    _conversation(engine, request, pack_id, seller_id)
    body = json_object(request)
    if (body.get("from") or {}).get("user_id") != seller_id:
        raise bad_request("from.user_id must be the seller")
    if (body.get("to") or {}).get("user_id") != AGENT_ID:
        raise bad_request(f"to.user_id must be {AGENT_ID}")
    text = _text(body, _MAX_MESSAGE)
    files = body.get("attachments") or []
    blocked = engine.aftersales.conversation(pack_id).blocked
    if blocked:
        raise MlError(403, blocked, "The conversation is blocked")
    said = engine.aftersales.say(f"pack:{pack_id}", seller_id, text, attachments=files)
    return Answer(_message(engine, said), status=201)


def post_attachment(engine: Engine, request: Request) -> Answer:
    """``POST /messages/attachments?tag=post_sale&site_id=MLB``: multipart ``file``."""
    _tag(request)
    if request.args.get("site_id") != SITE_ID:
        raise bad_request("site_id is required")
    if "file" not in request.files:
        raise bad_request("file is required")
    number = engine.store.next_number("attachment")
    return Answer({"id": f"{engine.seller.user_id}_{number}.pdf"}, status=201)


def get_message(engine: Engine, request: Request, message_id: str) -> Answer:
    """``GET /messages/{id}?tag=post_sale``."""
    _tag(request)
    return Answer({"messages": [_message(engine, engine.aftersales.text(message_id))]})


def get_unread(engine: Engine, request: Request) -> Answer:
    """``GET /messages/unread?role=seller&tag=post_sale``: packs to be read."""
    _tag(request)
    if request.args.get("role") != "seller":
        raise bad_request("role=seller is required")
    me = engine.seller.user_id
    unread: dict[str, int] = {}
    for text in engine.aftersales.texts():
        if text.thread.startswith("pack:") and not text.read and text.author_id != me:
            unread[text.thread[5:]] = unread.get(text.thread[5:], 0) + 1
    rows = [
        {"resource": f"/packs/{pack}/sellers/{me}", "count": count}
        for pack, count in unread.items()
    ]
    return Answer({"user_id": me, "results": rows})


def _tag(request: Request) -> None:
    if request.args.get("tag") != "post_sale":
        raise bad_request("tag=post_sale is required")


def _conversation(
    engine: Engine, request: Request, pack_id: int, seller_id: int
) -> None:
    """A sale without a cart has its order's id for a pack id."""
    _tag(request)
    if seller_id != engine.seller.user_id:
        raise forbidden("The caller is not the seller")
    orders = engine.store.orders_of_pack(pack_id)
    if not orders and engine.store.get_order(pack_id) is None:
        raise not_found("pack", pack_id)


def _message(engine: Engine, text: Text) -> dict[str, Any]:
    me, stamp = engine.seller.user_id, utc_date(text.created)
    pack = text.thread.partition(":")[2]
    return {
        "id": text.id,
        "site_id": SITE_ID,
        "client_id": 1,
        "from": {"user_id": text.author_id},
        "to": {"user_id": AGENT_ID if text.author_id == me else me},
        "status": "available",
        "subject": None,
        "text": text.text,
        "message_date": {
            "received": stamp,
            "available": stamp,
            "notified": None,
            "created": stamp,
            "read": stamp if text.read else None,
        },
        "message_moderation": {
            "status": "clean",
            "reason": None,
            "source": "online",
            "moderation_date": stamp,
        },
        "message_attachments": [{"filename": ref} for ref in text.attachments] or None,
        "message_resources": [
            {"id": pack, "name": "packs"},
            {"id": str(me), "name": "sellers"},
        ],
        "conversation_first_message": False,
    }


_PACK = "/messages/packs/<int:pack_id>/sellers/<int:seller_id>"
_PAGE = frozenset("tag limit offset mark_as_read".split())

ROUTES = (
    Route(
        "GET",
        "/questions/search",
        search_questions,
        frozenset(
            "seller_id api_version status limit offset sort_fields sort_types".split()
        ),
    ),
    Route(
        "GET",
        "/questions/<int:question_id>",
        get_question,
        frozenset({"api_version"}),
    ),
    Route("POST", "/answers", post_answer),
    Route("GET", "/messages/unread", get_unread, frozenset({"role", "tag"})),
    Route(
        "POST", "/messages/attachments", post_attachment, frozenset({"tag", "site_id"})
    ),
    Route("GET", "/messages/<message_id>", get_message, frozenset({"tag"})),
    Route("GET", _PACK, get_pack_messages, _PAGE),
    Route("POST", _PACK, post_pack_message, frozenset({"tag"})),
)
