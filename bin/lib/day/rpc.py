"""What a user does from outside: the web client's calls, one session per user."""

from __future__ import annotations

from typing import Any

import requests

TIMEOUT_SECONDS = 300


class OdooClient:
    """Calls model methods as one user of one database; logs in once.

    Odoo's API with the password in each call has it hashed again by each worker, which
    takes a third of a second.

    :raise RuntimeError: the user cannot log in
    """

    def __init__(self, url: str, database: str, login: str, password: str) -> None:
        self._url = url
        self.session = requests.Session()
        self.session.trust_env = False
        who = {"db": database, "login": login, "password": password}
        self._post("/web/session/authenticate", who)

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """``env[model].method(*args, **kwargs)`` with the rights of the user.

        :raise RuntimeError: the server's error, with its traceback
        """
        what = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self._post(f"/web/dataset/call_kw/{model}.{method}", what)

    def search_read(self, model: str, domain: list, *fields: str) -> list[dict]:
        """The records that match, with these fields."""
        return self.call(model, "search_read", domain, list(fields))

    def _post(self, path: str, params: dict[str, Any]) -> Any:
        answer = self.session.post(
            f"{self._url}{path}",
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=TIMEOUT_SECONDS,
        ).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["debug"])
        return answer.get("result")
