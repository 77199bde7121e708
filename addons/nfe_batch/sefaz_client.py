"""What a call to the SEFAZ needs, gathered while a transaction is open.

The call itself happens with no cursor and no lock, so nothing here touches a record.
"""

import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .domain import endpoints, services, transport
from .domain.credentials import Credentials


@dataclass(frozen=True)
class SefazClient:
    """The services of one office, over the process's kept connection.

    ``emission_type`` names the office (``domain.endpoints``): the company's state's,
    in contingency, or one for all the country.
    """

    credentials: Credentials
    state: str
    environment: str
    emission_type: str = endpoints.NORMAL
    base: str = ""
    ca_bundle: str = ""

    def call(self, service, message):
        """Call a service once.

        :param service: ``domain.endpoints.Service``
        :param bytes message: the fiscal message, without envelope
        :return: ``domain.transport.Outcome``; network errors are outcomes too
        """
        url = endpoints.locate(
            service,
            state=self.state,
            environment=self.environment,
            emission_type=self.emission_type,
            base=self.base,
        )
        return self.transport().call(service, url, message)

    def status(self):
        """Ask whether the state's own office is up.

        :return: ``domain.answers.StatusAnswer``
        :raises domain.services.ServiceError: it did not answer
        """
        return services.service_status(self.transport(), **self._place())

    def distribution(self, message):
        """Ask for documents of interest.

        :return: ``domain.distribution.Distribution``
        :raises ServiceError: no usable answer
        """
        return services.distribution(self.transport(), message, **self._place())

    def taxpayers(self, state, vat):
        """Ask the registry of a state.

        :return: ``domain.registry.RegistryAnswer``
        :raises ServiceError: no usable answer
        :raises ValueError: the state offers no such service
        """
        place = {**self._place(), "state": state}
        return services.taxpayers(self.transport(), vat=vat, **place)

    def _place(self):
        return {
            "state": self.state,
            "environment": self.environment,
            "base": self.base,
        }

    def transport(self):
        """The process's kept connections (``domain.transport.Transport``)."""
        ca_file = ca_path(self.ca_bundle) if self.ca_bundle else None
        return transport.kept(self.credentials, ca_file=ca_file)


@dataclass(frozen=True)
class Intent:
    """A call that is about to be made: its row is committed already.

    ``documents`` is a recordset of the caller's environment.
    """

    client: SefazClient
    message: bytes
    attempt_id: int
    documents: Any


@lru_cache(maxsize=16)
def ca_path(bundle):
    """A path to the PEM text for OpenSSL, in memory for the life of the process."""
    descriptor = os.memfd_create("nfe-ca", os.MFD_CLOEXEC)
    os.write(descriptor, bundle.encode())
    return f"/proc/self/fd/{descriptor}"
