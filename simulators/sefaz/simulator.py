"""The simulator as one object: two servers, its offices, their books."""

from __future__ import annotations

import ssl
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from werkzeug.middleware.dispatcher import DispatcherMiddleware

from simulators.common.certificates import CertificateAuthority, ServerFiles
from simulators.common.clock import Clock
from simulators.common.server import WsgiServer

from . import abuse, authorization, distribution
from .application import Application
from .control import ControlApplication
from .faults import TROUBLES, Fault, Faults, Plan
from .office import HOME, NATIONAL, STATES, SVC_AN, SVC_RS, Office, Settings
from .signature import Verifier
from .store import Row, Store

_PAUSES = (None, 108, 109, 113, 114)
_CLOSED = 114
"""An SVC takes nothing until the state's office opened it."""


class SefazSimulator:
    """A SEFAZ on 127.0.0.1, usable as a context manager.

    ``ca_dir`` holds the chain that signs the server and whose e-CNPJs may call;
    it is made when missing. ``state`` is a SQLite file or ":memory:". ``uf`` is the
    IBGE code. Address of a service: ``url + "/ws/" + name``, see ``service_url``; the
    contingency offices answer below ``/svc-an`` and ``/svc-rs``, closed (114) until
    ``pause(None, office)`` opens them, the national office (EPEC) below ``/an``.
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
        settings: Settings | None = None,
    ) -> None:
        if uf not in STATES:
            raise ValueError(f"unknown state: {uf}")
        self.authority = CertificateAuthority.ensure(ca_dir)
        self.clock = clock or Clock()
        shared = (
            uf,
            environment,
            self.clock,
            Store(state),
            Verifier([self.authority.issuer, self.authority.root]),
            settings or Settings(),
        )
        roles = (HOME, SVC_AN, SVC_RS, NATIONAL)
        self.offices = {role: Office(*shared, role=role) for role in roles}
        self.office = self.offices[HOME]
        self._faults = {role: Faults() for role in roles}
        self._close_contingency()
        served = {
            role: Application(office, self._faults[role], latency)
            for role, office in self.offices.items()
        }
        application = DispatcherMiddleware(
            served.pop(HOME), {f"/{role}": app for role, app in served.items()}
        )
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
        return sum(faults.held for faults in self._faults.values())

    def office_url(self, office: str = HOME) -> str:
        """Base address of an office's web services."""
        return self.url if office == HOME else f"{self.url}/{office}"

    def service_url(self, name: str) -> str:
        """Address of one web service of the state's office."""
        return f"{self.url}/ws/{name}"

    def start(self) -> SefazSimulator:
        """Open both ports."""
        self._server.start()
        self._control.start()
        return self

    def stop(self) -> None:
        """Let go of held requests and close."""
        self._clear_faults()
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

    def inject(self, cnpj: str, schema: str, xml: str) -> int:
        """Give out a document of others to a CNPJ; returns its NSU.

        ``schema`` as the national environment names it, such as resNFe_v1.01.xsd.
        """
        with self.office.store.lock:
            nsu = distribution.share(self.office, cnpj, schema, xml.encode())
            self.office.store.commit()
        return nsu

    def register(
        self, ie: str, vat: str, name: str, uf: str = "", *, enabled: bool = True
    ) -> None:
        """Enter a taxpayer in the registry; ``uf`` in letters."""
        with self.office.store.lock:
            self.office.store.insert(
                "taxpayer",
                ie=ie,
                vat=vat,
                uf=uf or self.office.state,
                enabled=int(enabled),
                name=name,
            )
            self.office.store.commit()

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
        """Let troubles come at random at the state's office, see ``Plan``; a rate of
        0 ends them."""
        self._faults[HOME].follow(
            Plan(seed, rate, faults or TROUBLES) if rate else None
        )

    def fault(
        self,
        service: str,
        kind: str,
        times: int = 1,
        *,
        seconds: float | None = None,
        cstat: int | None = None,
        message: str = "",
        office: str = HOME,
    ) -> None:
        """Order a fault for the next calls of a service; kinds: see ``Fault``."""
        fault = Fault(service, kind, times, seconds, cstat, message)
        self._faults[office].add(fault)

    def release(self) -> None:
        """Let every held request go on."""
        for faults in self._faults.values():
            faults.release()

    def pause(self, cstat: int | None, office: str = HOME) -> None:
        """Answer everything with 108 or 109 (SVC: 113, 114), or None to go on."""
        if cstat not in _PAUSES:
            raise ValueError(f"not a pause: {cstat}")
        self.offices[office].paused = cstat

    def configure(self, **changes: Any) -> dict[str, Any]:
        """Change settings and return all of them; limits not named stay."""
        known = {field.name for field in fields(Settings)}
        if not known.issuperset(changes):
            raise ValueError(f"unknown settings: {sorted(set(changes) - known)}")
        current = self.office.settings
        if "abuse_limits" in changes:
            limits = {**current.abuse_limits, **changes["abuse_limits"]}
            changes["abuse_limits"] = limits
        for office in self.offices.values():
            office.settings = replace(current, **changes)
        return asdict(self.office.settings)

    def reset(self) -> None:
        """Empty the books, forget faults, end pauses, close SVC; the clock stays."""
        self._clear_faults()
        for office in self.offices.values():
            office.paused = None
        self._close_contingency()
        self.office.store.clear()

    def _clear_faults(self) -> None:
        for faults in self._faults.values():
            faults.clear()

    def _close_contingency(self) -> None:
        for role in (SVC_AN, SVC_RS):
            self.offices[role].paused = _CLOSED

    def _note(self, row: Row) -> Row:
        names = (
            *("key", "status", "cnpj", "model", "series", "number"),
            *("received", "office"),
        )
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
