"""The simulator as one object: two servers, one office, its books."""

from __future__ import annotations

import ssl
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from simulators.common.certificates import CertificateAuthority, ServerFiles
from simulators.common.clock import Clock
from simulators.common.server import WsgiServer

from . import abuse, authorization
from .application import Application
from .control import ControlApplication
from .faults import TROUBLES, Fault, Faults, Plan
from .office import STATES, Office, Settings
from .signature import Verifier
from .store import Row, Store

_PAUSES = (None, 108, 109, 113, 114)


class SefazSimulator:
    """A SEFAZ on 127.0.0.1, usable as a context manager.

    ``ca_dir`` holds the chain that signs the server and whose e-CNPJs may call;
    it is made when missing. ``state`` is a SQLite file or ":memory:". ``uf`` is the
    IBGE code. ``svc`` makes it the contingency office of that state; give it the
    ``state`` file of the state's own office, as the real ones share their notes.
    Address of a service: ``url + "/ws/" + name``, see ``service_url``.
    """

    def __init__(
        self,
        ca_dir: str | Path,
        state: str = ":memory:",
        uf: str = "35",
        environment: str = "2",
        clock: Clock | None = None,
        *,
        port: int = 0,
        control_port: int = 0,
        latency: float = 0,
        svc: bool = False,
        settings: Settings | None = None,
    ) -> None:
        if uf not in STATES:
            raise ValueError(f"unknown state: {uf}")
        self.authority = CertificateAuthority.ensure(ca_dir)
        self.clock = clock or Clock()
        self._faults = Faults()
        self.office = Office(
            uf,
            environment,
            self.clock,
            Store(state),
            Verifier([self.authority.issuer, self.authority.root]),
            settings or Settings(),
            svc=svc,
        )
        application = Application(self.office, self._faults, latency)
        context = _tls_context(self.authority)
        self._server = WsgiServer(application, port=port, ssl_context=context)
        self._control = WsgiServer(ControlApplication(self), port=control_port)

    @property
    def url(self) -> str:
        """Base address of the web services, https."""
        return self._server.url

    @property
    def control_url(self) -> str:
        """Base address of the control plane, http."""
        return self._control.url

    @property
    def ca_file(self) -> Path:
        """What a client trusts."""
        return self.authority.ca_file

    @property
    def held(self) -> int:
        """Requests that wait for a release."""
        return self._faults.held

    def service_url(self, name: str) -> str:
        """Address of one web service."""
        return f"{self.url}/ws/{name}"

    def start(self) -> SefazSimulator:
        """Open both ports."""
        self._server.start()
        self._control.start()
        return self

    def stop(self) -> None:
        """Let go of held requests and close."""
        self._faults.clear()
        self._server.stop()
        self._control.stop()
        self.office.store.close()

    def __enter__(self) -> SefazSimulator:
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def notes(self) -> list[Row]:
        """Authorised and cancelled notes with their events."""
        with self.office.store.lock:
            authorization.process_lots(self.office)
            self.office.store.commit()
            return [self._note(row) for row in self.office.store.notes()]

    def note(self, key: str) -> Row | None:
        """One note, or None when the office does not know the key."""
        return next((note for note in self.notes() if note["key"] == key), None)

    def voided(self) -> list[Row]:
        """Voided ranges of numbers."""
        with self.office.store.lock:
            return self.office.store.rows("SELECT * FROM voided ORDER BY protocol")

    def log(self) -> list[Row]:
        """Requests in order of arrival, also those a fault swallowed."""
        with self.office.store.lock:
            return self.office.store.log()

    def counters(self) -> Row:
        """Requests per service and per cStat, and who is blocked until when."""
        with self.office.store.lock:
            rows = self.office.store.rows
            services = rows("SELECT service, count(*) AS n FROM log GROUP BY service")
            codes = rows(
                "SELECT cstat, count(*) AS n FROM log "
                "WHERE cstat IS NOT NULL GROUP BY cstat"
            )
            blocks = rows("SELECT cnpj, until FROM block")
        return {
            "services": {row["service"]: row["n"] for row in services},
            "cstat": {str(row["cstat"]): row["n"] for row in codes},
            "blocked": {row["cnpj"]: row["until"] for row in blocks},
            "held": self.held,
        }

    def usage(self) -> Row:
        """Blocks for undue consumption, and the highest uses within an hour."""
        with self.office.store.lock:
            return abuse.report(self.office)

    def plan(
        self,
        seed: int = 0,
        rate: float = 0,
        faults: dict[str, list[dict[str, Any]]] | None = None,
    ) -> None:
        """Let troubles come at random, see ``Plan``; a rate of 0 ends them."""
        self._faults.follow(Plan(seed, rate, faults or TROUBLES) if rate else None)

    def fault(
        self,
        service: str,
        kind: str,
        times: int = 1,
        *,
        seconds: float | None = None,
        cstat: int | None = None,
        message: str = "",
    ) -> None:
        """Order a fault for the next calls of a service; kinds: see ``Fault``."""
        self._faults.add(Fault(service, kind, times, seconds, cstat, message))

    def release(self) -> None:
        """Let every held request go on."""
        self._faults.release()

    def pause(self, cstat: int | None) -> None:
        """Answer everything with 108 or 109 (SVC: 113, 114), or None to go on."""
        if cstat not in _PAUSES:
            raise ValueError(f"not a pause: {cstat}")
        self.office.paused = cstat

    def configure(self, **changes: Any) -> dict[str, Any]:
        """Change settings and return all of them; limits not named stay."""
        known = {field.name for field in fields(Settings)}
        if not known.issuperset(changes):
            raise ValueError(f"unknown settings: {sorted(set(changes) - known)}")
        current = self.office.settings
        if "abuse_limits" in changes:
            limits = {**current.abuse_limits, **changes["abuse_limits"]}
            changes["abuse_limits"] = limits
        self.office.settings = replace(current, **changes)
        return asdict(self.office.settings)

    def reset(self) -> None:
        """Empty the books, forget faults, end the pause; the clock stays."""
        self._faults.clear()
        self.office.paused = None
        self.office.store.clear()

    def _note(self, row: Row) -> Row:
        names = ("key", "status", "cnpj", "model", "series", "number", "received")
        events = self.office.store.events(row["key"])
        shown = ("type", "sequence", "cstat", "protocol", "registered")
        return {
            **{name: row[name] for name in names},
            "cStat": row["cstat"],
            "nProt": row["protocol"],
            "digVal": row["digest"],
            "xml": row["xml"].decode(),
            "events": [{name: event[name] for name in shown} for event in events],
        }


def _tls_context(authority: CertificateAuthority) -> ssl.SSLContext:
    """Mutual TLS 1.2 or better; the client needs a certificate of the chain."""
    files = ServerFiles(
        authority.directory / "server.pem", authority.directory / "server.key"
    )
    if not (files.certificate.exists() and files.key.exists()):
        files = authority.server()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(files.certificate, files.key)
    context.load_verify_locations(authority.ca_file)
    context.verify_mode = ssl.CERT_REQUIRED
    return context
