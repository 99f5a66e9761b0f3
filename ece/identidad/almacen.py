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

from auditoria import bitacora

LARGO = 40
"""Hexadecimal digits that fit Django's column: 160 bits, of keys that carry as many."""


def huella_de(clave: str) -> str:
    """What the database knows a session by. A key has 165 random bits: nobody tries them all."""
    return hashlib.sha256(f"ece.sesion:{clave}".encode()).hexdigest()[:LARGO]


class SessionStore(DeDjango):
    """Django's, by digest."""

    def _get_session_from_db(self) -> Session | None:
        """Every page asks for it: prepared, where the ORM would compose it again each time."""
        filas: list[Any] = []
        if self.session_key:
            filas = bitacora.consultar(
                "SELECT session_key, session_data, expire_date FROM django_session "
                "WHERE session_key = %s AND expire_date > %s",
                [huella_de(self.session_key), timezone.now()],
            )
        if not filas:
            self._session_key = None
            return None
        return Session(*filas[0])

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
