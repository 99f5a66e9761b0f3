"""A no of the decision, which is already in the log when it is raised."""

from consentimiento.decision import intercambio


class AccesoDenegado(Exception):
    """The decision said no; the refusal is already in the log.

    `conocido`: whoever asked may know that the patient exists (something ties them, or their post
    finds anybody), and so may be told why.
    """

    def __init__(self, fundamento: str, *, conocido: bool = False) -> None:
        super().__init__(fundamento)
        self.fundamento = fundamento
        self.conocido = conocido


class MotivoRequerido(Exception):
    """The decision would say yes to whoever states why: nothing in the record says it."""


AMBITO = "ambito"
"""The ground of a no that the scopes of the app give before anything else is asked."""


DE_QUIEN_PIDE = frozenset({"rol.insuficiente", *intercambio.NEGATIVAS_DE_CONVENIO})
"""Grounds of a no that would be the same whoever the patient is."""
