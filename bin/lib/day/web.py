"""Plain HTTP to the programs on this machine, past every proxy."""

from __future__ import annotations

import json
import urllib.request
from typing import Any


def get(url: str) -> bytes:
    """GET on this machine, no proxy."""
    return _open(urllib.request.Request(url))


def post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST JSON to a control plane; a refusal (409) is an answer too."""
    request = urllib.request.Request(
        url,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    return json.loads(_open(request))


def read(url: str) -> Any:
    """GET JSON from a control plane."""
    return json.loads(get(url))


def _open(request: urllib.request.Request) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        if error.code == 409:
            return error.read()
        raise
