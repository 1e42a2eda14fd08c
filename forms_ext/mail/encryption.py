"""Encryption of private links in the email log."""

import base64
import json
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SecretsLost(Exception):
    """No key of this site decrypts the links: SECRET_KEY was changed without the old one as a fallback."""


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derive(key)) for key in keys])


def _derive(key: str | bytes) -> bytes:
    material = key.encode() if isinstance(key, str) else key
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"forms_ext.mail.secrets")
    return base64.urlsafe_b64encode(hkdf.derive(material))


def lock(secrets: Mapping[str, str]) -> str:
    """Return `secrets` encrypted; '' if there are none."""
    return _fernet().encrypt(json.dumps(dict(secrets)).encode()).decode() if secrets else ""


def unlock(token: str) -> dict[str, str]:
    """Decrypt what `lock` returned, also with a key in SECRET_KEY_FALLBACKS.

    Raise SecretsLost if no key fits.
    """
    if not token:
        return {}
    try:
        opened: dict[str, str] = json.loads(_fernet().decrypt(token.encode()))
    except InvalidToken as error:
        raise SecretsLost("The private link can no longer be read: send it again.") from error
    return opened
