"""Statements of our own on Django's connection: prepared, in binary, without the ORM's cost."""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import Cursor


def cursor(alias: str = DEFAULT_DB_ALIAS) -> "Cursor[Any]":
    """A native psycopg cursor on Django's connection: prepared statements, pipelines, no ORM."""
    django = connections[alias]
    django.ensure_connection()
    return Cursor(django.connection)
