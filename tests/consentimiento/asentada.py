"""Waiting for what was written to be announced: while a transaction older than it is open anywhere
in the cluster (another worker's test, say), the log is not read so far."""

import time

from django.db import connection

PLAZO = 60


def esperar() -> None:
    """Until every transaction older than this instant has ended."""
    with connection.cursor() as sql:
        sql.execute("SELECT pg_current_xact_id()::text::bigint")
        marca = sql.fetchone()[0]
        for _ in range(PLAZO * 20):
            sql.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            if sql.fetchone()[0] > marca:
                return
            time.sleep(0.05)
    raise AssertionError("una transacción sigue abierta")
