"""What a test does, undone before it ends."""

from django.db import transaction

from ece.nucleo import llavero
from registros.selectors import recursos


class Deshecho:
    """A transaction, or part of one, that ends as if it had never been."""

    def __init__(self) -> None:
        self._atomo = transaction.atomic()
        self._atomo._from_testcase = True  # durable ones may nest
        self._atomo.__enter__()

    def deshacer(self) -> None:
        transaction.set_rollback(True)
        self._atomo.__exit__(None, None, None)

    def olvidar(self) -> None:
        """Undo it, and what processes remember of it."""
        self.deshacer()
        recursos.olvidar()
        llavero.olvidar()
