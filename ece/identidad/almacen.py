"""Where sessions are kept (``SESSION_ENGINE``): the database has the digest of each key, never the
key, so that whoever reads it (a dump, a backup, a statement) cannot put it in a cookie.

Nothing here is asked asynchronously: the ways that Django gives for that would find nobody.
"""

import hashlib
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DeDjango
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.utils import timezone

LARGO = 40
"""Hexadecimal digits that fit Django's column: 160 bits, of keys that carry as many."""


def huella_de(clave: str) -> str:
    """What the database knows a session by. A key has 165 random bits: nobody tries them all."""
    return hashlib.sha256(f"ece.sesion:{clave}".encode()).hexdigest()[:LARGO]


class SessionStore(DeDjango):
    """Django's, by digest."""

    def _get_session_from_db(self) -> Session | None:
        hallada = None
        if self.session_key:
            vivas = Session.objects.filter(expire_date__gt=timezone.now())
            hallada = vivas.filter(session_key=huella_de(self.session_key)).first()
        if hallada is None:
            self._session_key = None
        return hallada

    def exists(self, session_key: str | None = None) -> bool:
        return super().exists(huella_de(session_key or ""))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        nueva = super().create_model_instance(data)
        nueva.session_key = huella_de(nueva.session_key)
        return nueva

    def delete(self, session_key: str | None = None) -> None:
        clave = session_key or self.session_key
        if clave:
            super().delete(huella_de(clave))
