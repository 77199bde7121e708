"""The company's e-CNPJ: opened once, kept for signing and for TLS."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12

_CNPJ_OID = x509.ObjectIdentifier("2.16.76.1.3.3")
"""ICP-Brasil, DOC-ICP-04: CNPJ of the holder, in the alternative names."""

_KEPT = 16
"""Certificates in memory per process: a few companies, the old and the new one."""


class CredentialsError(Exception):
    """The PFX cannot be used; ``code`` is password, content or key."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Credentials:
    """Key, certificate and chain of an A1 file. Never printed, never stored."""

    key: rsa.RSAPrivateKey = field(repr=False)
    certificate: x509.Certificate = field(repr=False)
    chain: tuple[x509.Certificate, ...] = field(repr=False)
    fingerprint: str

    @property
    def cnpj(self) -> str:
        """The holder's CNPJ, or empty text for another kind of certificate."""
        try:
            names = self.certificate.extensions.get_extension_for_class(
                x509.SubjectAlternativeName
            ).value
        except x509.ExtensionNotFound:
            return ""
        for other in names.get_values_for_type(x509.OtherName):
            if other.type_id == _CNPJ_OID:
                return other.value[2:].decode("ascii", "replace")
        return ""

    @property
    def not_after(self) -> datetime:
        """End of validity, UTC."""
        return self.certificate.not_valid_after_utc

    def is_valid_at(self, moment: datetime) -> bool:
        """True inside the certificate's validity; ``moment`` is aware."""
        return self.certificate.not_valid_before_utc <= moment <= self.not_after


@lru_cache(maxsize=_KEPT)
def open_pfx(pfx: bytes, password: str) -> Credentials:
    """Open an A1 file; raises ``CredentialsError``.

    Kept per process, because checking the RSA key costs more than 30 signatures.
    """
    try:
        key, certificate, chain = pkcs12.load_key_and_certificates(
            pfx, password.encode()
        )
    except ValueError as error:
        wrong = "password" in str(error).lower()
        raise CredentialsError("password" if wrong else "content") from error
    if certificate is None or not isinstance(key, rsa.RSAPrivateKey):
        raise CredentialsError("key")
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
    return Credentials(key, certificate, tuple(chain), fingerprint)
