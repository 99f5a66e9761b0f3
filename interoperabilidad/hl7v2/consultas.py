"""Queries about who somebody is (IHE PDQ and PIX by HL7 v2): QBP Q22 and Q23, answered at once.

The decision hands out the scope; an answer says the minimum of each, and what a client without the
right to list people asks is refused before there is any answer to look for.
"""

import re
from collections.abc import Iterable

from django.utils import timezone

from auditoria import bitacora
from auditoria.bitacora import NuevoEvento
from auditoria.tipos import Resultado, TipoDeEvento
from consentimiento import decision
from consentimiento.decision import AccesoDenegado
from ece.nucleo.acceso import Alcance
from ece.nucleo.roles import Permiso
from interoperabilidad.hl7v2 import acuses, datos, emision, er7, juegos
from interoperabilidad.hl7v2.acuses import Rechazo
from interoperabilidad.hl7v2.buzon import Constancia
from interoperabilidad.hl7v2.datos import DatoInvalido, Recurso
from interoperabilidad.hl7v2.er7 import Escritor, Mensaje, Segmento, Valor
from interoperabilidad.hl7v2.examen import Examen
from interoperabilidad.hl7v2.interlocutores import Ficha
from interoperabilidad.models import Estado, MensajeRecibido
from registros.selectors import pacientes
from registros.selectors.pacientes import ResumenDeIdentidad

LIMITE = 20
_PARAMETRO = re.compile(r"@?PID\.(\d+)(?:\.(\d+))?(?:\.\d+)?")


class ConsultaInvalida(Exception):
    """The query asks for what is not understood; the message says what."""


def responder(examen: Examen, constancia: Constancia) -> bytes:
    """The RSP to a query that was kept, in the asker's character set."""
    assert examen.mensaje is not None
    assert examen.ficha is not None
    mensaje, ficha = examen.mensaje, examen.ficha
    ahora = timezone.now()
    rechazo: Rechazo | None = constancia.rechazo
    hallados: list[ResumenDeIdentidad] = []
    if rechazo is None:
        try:
            alcance = decision.alcanzar(
                ficha.desde(examen.origen), Permiso.PACIENTE_LISTAR, motivo="hl7v2", ahora=ahora
            )
            hallados = _hallar(mensaje, ficha, alcance)
        except AccesoDenegado:
            rechazo = Rechazo("AR", "207", "sin-acuerdo", "no tiene acordado consultar")
        except (ConsultaInvalida, DatoInvalido) as error:
            rechazo = Rechazo("AE", "204", "consulta", str(error), ("QPD", 1, 3))
        else:
            _constar(examen, hallados)
    MensajeRecibido.objects.filter(id=constancia.id).update(
        estado=Estado.APLICADO if rechazo is None else Estado.RECHAZADO,
        motivo="" if rechazo is None else rechazo.motivo,
        contenido=None,
        atendido_at=ahora,
    )
    return juegos.codificar(_rsp(examen, constancia, hallados, rechazo), examen.codec)


def _constar(examen: Examen, hallados: Iterable[ResumenDeIdentidad]) -> None:
    assert examen.ficha is not None
    bitacora.anexar(
        [
            NuevoEvento(
                tipo=TipoDeEvento.CONSULTA_RESPONDIDA,
                resultado=Resultado.HECHO,
                actor=examen.ficha.desde(examen.origen),
                momento=examen.momento,
                pacientes=tuple(sorted(r.id for r in hallados)),
                detalle={"mensaje": str(examen.id), "tipo": examen.tipo},
            )
        ]
    )


def _hallar(mensaje: Mensaje, ficha: Ficha, alcance: Alcance) -> list[ResumenDeIdentidad]:
    qpd = mensaje.primero("QPD")
    assert qpd is not None
    contexto = ficha.contexto(mensaje.msh[4])
    if mensaje.evento == "Q23":
        identificador = datos.identificador(qpd.valor(3), contexto)
        if not identificador:
            raise ConsultaInvalida("QPD-3 no trae el identificador por el que se pregunta")
        return pacientes.por_identificadores(alcance, [_par(identificador)])
    dichos = _parametros(qpd)
    if por_numero := _identificador(dichos, qpd, contexto):
        return pacientes.por_identificadores(alcance, [_par(por_numero)])
    texto = " ".join(dichos.get(clave, "") for clave in ((5, 2), (5, 3), (5, 1))).strip()
    if not texto:
        raise ConsultaInvalida("se busca por PID.3, o por PID.5 con fecha de nacimiento o sin ella")
    nacio = datos.fecha(dichos.get((7, 1), ""))
    encontrados = pacientes.buscar(alcance, texto=texto, limite=LIMITE)
    sexo = dichos.get((8, 1), "")
    return [
        r
        for r in encontrados
        if (not nacio or r.fecha_nacimiento == nacio)
        and (not sexo or emision.sexo_v2(r.sexo) == sexo.upper())
    ]


def _par(identificador: Recurso) -> tuple[str, str]:
    return identificador.get("system", ""), identificador["value"]


def _parametros(qpd: Segmento) -> dict[tuple[int, int], str]:
    """(field, component) of PID -> what QPD-3 asks of it."""
    dichos: dict[tuple[int, int], str] = {}
    for repeticion in qpd.valores(3):
        hallado = _PARAMETRO.fullmatch(repeticion[1].upper())
        if hallado is None:
            raise ConsultaInvalida(f"no se entiende {repeticion[1][:40]!r} en QPD-3")
        dichos[int(hallado[1]), int(hallado[2] or 1)] = repeticion[2]
    return dichos


def _identificador(
    dichos: dict[tuple[int, int], str], qpd: Segmento, contexto: datos.Contexto
) -> Recurso:
    if not dichos.get((3, 1)):
        return {}
    d = qpd.delimitadores
    partes = [er7.escapar(dichos.get((3, n), ""), d) for n in range(1, 6)]
    return datos.identificador(Valor(d.componente.join(partes), d), contexto)


def _rsp(
    examen: Examen,
    constancia: Constancia,
    hallados: list[ResumenDeIdentidad],
    rechazo: Rechazo | None,
) -> str:
    mensaje = examen.mensaje
    assert mensaje is not None
    evento = mensaje.evento
    estructura = "RSP_K21" if evento == "Q22" else "RSP_K23"
    escritor = Escritor(mensaje.delimitadores)
    cabecera = acuses.cabecera(
        mensaje.msh,
        id=constancia.id,
        momento=constancia.momento,
        tipo=("RSP", "K22" if evento == "Q22" else "K23", estructura),
    )
    escritor.segmento("MSH", cabecera)
    codigo = rechazo.acuse if rechazo is not None else "AA"
    escritor.segmento("MSA", {1: codigo, 2: mensaje.control})
    if rechazo is not None:
        lugar = rechazo.lugar or ("", "", "")
        error = (rechazo.codigo, acuses.TABLA_0357[rechazo.codigo], "HL70357")
        escritor.segmento("ERR", {2: lugar, 3: error, 4: "E", 8: rechazo.texto[:250]})
    qpd = mensaje.primero("QPD")
    assert qpd is not None
    estado = ("NF" if not hallados else "OK") if rechazo is None else rechazo.acuse
    cuantos = str(len(hallados))
    escritor.segmento("QAK", {1: qpd[2], 2: estado, 3: _nombre(qpd), 4: cuantos})
    escritor.crudo(qpd.texto)
    for numero, resumen in enumerate(hallados, 1):
        escritor.segmento("PID", emision.pid_de_resumen(resumen, numero, minimo=evento == "Q23"))
        if evento == "Q23":
            break
    return str(escritor)


def _nombre(qpd: Segmento) -> tuple[str, str, str]:
    nombre = qpd.valor(1)
    return nombre[1], nombre[2], nombre[3]
