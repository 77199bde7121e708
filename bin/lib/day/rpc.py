"""What a user does from outside: Odoo's JSON-RPC, one logged-in client per user."""

from __future__ import annotations

from typing import Any

import requests

TIMEOUT_SECONDS = 300


class OdooClient:
    """Calls model methods as one user of one database.

    :raise PermissionError: the user cannot log in
    """

    def __init__(self, url: str, database: str, login: str, password: str) -> None:
        self._url = f"{url}/jsonrpc"
        self._session = requests.Session()
        self._session.trust_env = False
        self._database, self._password = database, password
        self.uid = self._service("common", "login", database, login, password)
        if not self.uid:
            raise PermissionError(f"{login} cannot log in")

    def call(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """``env[model].method(*args, **kwargs)`` with the rights of the user.

        :raise RuntimeError: the server's error, with its traceback
        """
        who = (self._database, self.uid, self._password)
        return self._service("object", "execute_kw", *who, model, method, args, kwargs)

    def search_read(self, model: str, domain: list, *fields: str) -> list[dict]:
        """The records that match, with these fields."""
        return self.call(model, "search_read", domain, list(fields))

    def _service(self, service: str, method: str, *args: Any) -> Any:
        params = {"service": service, "method": method, "args": args}
        answer = self._session.post(
            self._url,
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=TIMEOUT_SECONDS,
        ).json()
        if "error" in answer:
            raise RuntimeError(answer["error"]["data"]["debug"])
        return answer.get("result")
