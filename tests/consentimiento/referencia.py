"""The policy written again, naively: a table of lines and loops over them, nothing shared.

It answers, one row of a record at a time, whether an actor may do something and see that row. What
the real decision does with sets and vetoes, this does by asking every question out loud.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from consentimiento.decision.terminos import Hechos, Relacion
from consentimiento.directivas import Directiva, Rango
from ece.nucleo.acceso import Actor
from ece.nucleo.reserva import Ambito, Renglon
from ece.nucleo.roles import PERMISOS, Permiso, Rol


def _una_linea(texto: str) -> str:
    return " ".join(texto.split())


SENSIBLES = [
    "VIH",
    "SALUD_MENTAL",
    "ADICCIONES",
    "VIOLENCIA",
    "REPRODUCTIVA",
    "GENETICA",
    "ADOLESCENCIA",
]
IDENTIDAD = _una_linea("""
paciente:leer paciente:modificar encuentro:abrir portal:invitar cita:programar paciente:vincular
nacimiento:registrar arco:solicitar consentimiento:recabar directiva:registrar
referencia:atender cobertura:consultar
""")
LECTURA = "paciente:leer expediente:leer"
PENDIENTE = f"{LECTURA} resultado:acusar orden:solicitar nota:contrafirmar"
URGENTE = _una_linea(f"""
{LECTURA} nota:redactar nota:finalizar signos:registrar diagnostico:registrar alergia:registrar
escala:registrar receta:prescribir orden:solicitar encuentro:abrir resultado:acusar
emergencia:abrir
""")
DE_SERVICIO = ["ServiceRequest", "DiagnosticReport", "Observation", "Task", "Specimen"]
DE_URGENCIA = [
    *("AllergyIntolerance", "Condition", "MedicationRequest", "MedicationStatement"),
    *("Observation", "DiagnosticReport", "Immunization", "Encounter", "Procedure"),
    *("Composition", "Task", "ServiceRequest", "FamilyMemberHistory", "Consent"),
    *("DocumentReference", "Binary"),
]
RELATOS = ["Composition", "DocumentReference", "Binary"]

# ground | posts (* any) | ties (* none needed) | what (* all of the post; = what was granted) |
# purpose | need of what is sensitive | whether directives weigh
MEDICOS = "medico urgencias residente"
FIRMAN = f"{MEDICOS} psicologia enfermeria interno trabajo-social laboratorio imagen"
OTROS = "medico urgencias psicologia enfermeria trabajo-social laboratorio imagen"
DE_UNIDAD = "urgencias enfermeria residente interno trabajo-social"

TABLA = f"""
titular             | paciente | titular | * | PATRQT | todo | exenta
emergencia          | {MEDICOS} enfermeria | emergencia | {URGENTE} | ETREAT | vida | exenta
salud.publica       | epidemiologia | tarea | * | PUBHLTH | todo | exenta
privacidad.arco     | privacidad | * | arco:atender | HOPERAT | caso | exenta
atencion            | {MEDICOS} psicologia | encuentro.responsable cita.hoy | * | TREAT | todo |
atencion.cita       | {MEDICOS} psicologia | cita concesion | * | TREAT | todo |
atencion.unidad     | {DE_UNIDAD} | encuentro.unidad | * | TREAT | puesto |
servicio.auxiliar   | laboratorio imagen | encuentro.abierto | * | TREAT | servicio |
servicio.orden      | laboratorio imagen | orden.abierta | * | TREAT | servicio |
servicio.farmacia   | farmacia | encuentro.abierto | * | TREAT | servicio |
vinculo             | {MEDICOS} enfermeria | vinculo | {LECTURA} | TREAT | puesto |
resultado.pendiente | {MEDICOS} | orden.solicitada tarea | {PENDIENTE} | TREAT | servicio |
firma.pendiente     | {FIRMAN} | tarea | paciente:leer documento:firmar | TREAT | servicio |
firma.delegada      | {OTROS} | firma.delegada | paciente:leer documento:firmar | TREAT | servicio |
calidad.muestra     | calidad | muestra | * | HOPERAT | puesto |
investigacion       | investigacion | protocolo | * | HRESCH | puesto |
admision            | urgencias archivo admision | * | {IDENTIDAD} | HOPERAT | puesto | exenta
institucion.sistema | integracion | * | * | TREAT | todo |
privacidad.revision | privacidad | * | revision:atender | HOPERAT | caso | exenta
privacidad.sancion  | privacidad | * | sancion:integrar | HOPERAT | todo | exenta
representacion      | * | representacion | = | FAMRQT | todo | exenta
delegacion          | * | delegacion | = | FAMRQT | todo |
concesion           | * | concesion | = | TREAT | puesto |
"""
DE_LEY = ["titular", "privacidad.arco", "privacidad.revision", "privacidad.sancion"]
AUTORIZADOS = ["medico", "urgencias", "residente", "psicologia", "enfermeria", "trabajo-social"]


@dataclass(frozen=True)
class Linea:
    fundamento: str
    puestos: list[str]
    lazos: list[str]
    permisos: list[str]
    proposito: str
    necesidad: str
    exenta: bool


def _lineas() -> Iterator[Linea]:
    for renglon in TABLA.strip().splitlines():
        fundamento, puestos, lazos, permisos, proposito, necesidad, exenta = (
            parte.strip() for parte in renglon.split("|")
        )
        yield Linea(
            fundamento,
            puestos.split(),
            lazos.split(),
            permisos.split(),
            proposito,
            necesidad,
            exenta == "exenta",
        )


LINEAS = list(_lineas())


@dataclass(frozen=True)
class Respuesta:
    permitido: bool
    fundamento: str
    proposito: str = ""
    anteriores: tuple[Linea, ...] = ()
    linea: Linea | None = None


def responder(
    actor: Actor, permiso: Permiso, hechos: Hechos, ahora: datetime, proposito: str | None
) -> Respuesta:
    """The effect and its ground, for a patient who exists and is nobody new."""
    if Rol.ALIADO in actor.roles:  # a partner without an agreement; with one, test_intercambio
        return Respuesta(False, "convenio.inexistente")
    negativa = "sin.relacion"
    anteriores: list[Linea] = []
    for linea in _vias(actor, permiso, hechos, ahora):
        if hechos.bloqueado and linea.fundamento not in DE_LEY:
            negativa = "bloqueo"
        elif proposito is not None and proposito != linea.proposito:
            if negativa == "sin.relacion":
                negativa = "proposito"
        elif not linea.exenta and _cerrado(actor, hechos, ahora, linea):
            if negativa != "bloqueo":
                negativa = "directiva"
            anteriores.append(linea)
        else:
            return Respuesta(True, linea.fundamento, linea.proposito, tuple(anteriores), linea)
    de_papel = (Permiso.RECETA_VERIFICAR, Permiso.FIRMA_VERIFICAR)
    if Relacion.DOCUMENTO in hechos.relaciones and permiso in de_papel:
        return Respuesta(True, "posesion.documento", "TREAT")
    return Respuesta(False, negativa)


def muestra(
    actor: Actor, hechos: Hechos, ahora: datetime, respuesta: Respuesta, renglon: Renglon
) -> bool:
    """Whether who was let in by `respuesta` sees that row."""
    if renglon.tipo == "Patient" or respuesta.linea is None:
        return True
    if not _ve(actor, hechos, ahora, respuesta.linea, renglon):
        return False
    return all(
        _ve(actor, hechos, ahora, anterior, renglon, sin_totales=True)
        for anterior in respuesta.anteriores
    )


def _vias(actor: Actor, permiso: Permiso, hechos: Hechos, ahora: datetime) -> Iterator[Linea]:
    lazos = [relacion.value for relacion in hechos.relaciones]
    roles = [(rol.value, PERMISOS[rol]) for rol in actor.roles]
    dicho = permiso.value
    for linea in LINEAS:
        if linea.lazos != ["*"] and not any(lazo in linea.lazos for lazo in lazos):
            continue
        if linea.permisos == ["="]:
            if permiso in hechos.concedidos:
                yield linea
            continue
        for rol, suyos in roles:
            if linea.puestos != ["*"] and rol not in linea.puestos:
                continue
            if permiso not in suyos:
                continue
            if linea.permisos == ["*"] or dicho in linea.permisos:
                yield linea
                break
    if (
        dicho in LECTURA.split()
        and any(rol in AUTORIZADOS and permiso in suyos for rol, suyos in roles)
        and any(_nombra(d, actor, ahora, "TREAT") for d in hechos.directivas)
    ):
        yield Linea("autorizacion", AUTORIZADOS, [], LECTURA.split(), "TREAT", "puesto", False)


def _aplica(directiva: Directiva, actor: Actor, ahora: datetime, proposito: str) -> bool:
    if directiva.desde is not None and ahora < directiva.desde:
        return False
    if directiva.hasta is not None and ahora >= directiva.hasta:
        return False
    if directiva.propositos is not None and proposito not in directiva.propositos:
        return False
    return not directiva.destinos or _rango(directiva, actor) > 0


def _rango(directiva: Directiva, actor: Actor) -> int:
    mejor = 0
    for destino in directiva.destinos:
        quienes = {
            Rango.PERSONA: [str(actor.id)],
            Rango.UNIDAD: [str(a.unidad) for a in actor.asignaciones if a.unidad],
            Rango.ROL: [rol.value for rol in actor.roles],
            Rango.INSTITUCION: [str(actor.institucion)],
        }[destino.rango]
        if destino.valor in quienes:
            mejor = max(mejor, int(destino.rango))
    return mejor


def _nombra(directiva: Directiva, actor: Actor, ahora: datetime, proposito: str) -> bool:
    return (
        directiva.permite
        and _aplica(directiva, actor, ahora, proposito)
        and _rango(directiva, actor) >= int(Rango.ROL)
    )


def _dentro(angosto: Ambito, ancho: Ambito) -> bool:
    for campo in ("tipos", "etiquetas", "encuentros", "autores", "registros"):
        de_fuera, de_dentro = getattr(ancho, campo), getattr(angosto, campo)
        if de_fuera is None:
            continue
        if de_dentro is None:
            return False
        for uno in de_dentro:
            if uno not in de_fuera:
                return False
    if ancho.periodo is None:
        return True
    return (
        angosto.periodo is not None
        and angosto.periodo.desde >= ancho.periodo.desde
        and angosto.periodo.hasta <= ancho.periodo.hasta
    )


def _en(ambito: Ambito, renglon: Renglon) -> bool:
    if ambito.tipos is not None and renglon.tipo not in ambito.tipos:
        return False
    if ambito.encuentros is not None and renglon.encuentro not in ambito.encuentros:
        return False
    if ambito.autores is not None and renglon.autor not in ambito.autores:
        return False
    if ambito.registros is not None and renglon.id not in ambito.registros:
        return False
    if ambito.periodo is not None:
        if renglon.fecha is None or renglon.fecha < ambito.periodo.desde:
            return False
        if renglon.fecha >= ambito.periodo.hasta:
            return False
    if ambito.etiquetas is None:
        return True
    return any(etiqueta in ambito.etiquetas for etiqueta in renglon.etiquetas)


def _negativas(
    actor: Actor, hechos: Hechos, ahora: datetime, linea: Linea
) -> Iterator[tuple[Ambito, list[Ambito]]]:
    """Each refusal that weighs, one a category, with what is excepted from it."""
    for negativa in hechos.directivas:
        if negativa.permite or not _aplica(negativa, actor, ahora, linea.proposito):
            continue
        etiquetas = negativa.ambito.etiquetas
        for categoria in [None] if etiquetas is None else sorted(map(str, etiquetas)):
            una = negativa.ambito
            if categoria is not None:
                una = Ambito(
                    una.tipos,
                    frozenset({categoria}),
                    una.encuentros,
                    una.autores,
                    una.registros,
                    una.periodo,
                )
            salvo = []
            for permiso in hechos.directivas:
                if not permiso.permite or not _aplica(permiso, actor, ahora, linea.proposito):
                    continue
                mio, suyo = _rango(permiso, actor), _rango(negativa, actor)
                abierto = permiso.ambito
                if categoria is not None and categoria in (abierto.etiquetas or ()):
                    abierto = Ambito(
                        abierto.tipos,
                        frozenset({categoria}),
                        abierto.encuentros,
                        abierto.autores,
                        abierto.registros,
                        abierto.periodo,
                    )
                if mio < suyo or not _dentro(abierto, una):
                    continue
                if negativa.propositos is not None and (
                    permiso.propositos is None or not permiso.propositos <= negativa.propositos
                ):
                    continue
                if mio > suyo or permiso.propositos != negativa.propositos or abierto != una:
                    salvo.append(abierto)
            yield una, salvo


def _cerrado(actor: Actor, hechos: Hechos, ahora: datetime, linea: Linea) -> bool:
    return any(
        ambito == Ambito() and not salvo
        for ambito, salvo in _negativas(actor, hechos, ahora, linea)
    )


def _ve(
    actor: Actor,
    hechos: Hechos,
    ahora: datetime,
    linea: Linea,
    renglon: Renglon,
    *,
    sin_totales: bool = False,
) -> bool:
    etiquetas = [str(e) for e in renglon.etiquetas]
    if not linea.exenta:
        for ambito, salvo in _negativas(actor, hechos, ahora, linea):
            if sin_totales and ambito == Ambito() and not salvo:
                continue
            if _en(ambito, renglon) and not any(_en(uno, renglon) for uno in salvo):
                return False
    if linea.necesidad == "vida":
        if renglon.tipo not in DE_URGENCIA:
            return False
        if renglon.tipo in RELATOS and {"SALUD_MENTAL", "VIOLENCIA", "GENETICA"} & set(etiquetas):
            return False
    de_derechos = renglon.tipo == "Communication" and "DIRECTIVA" in etiquetas
    if linea.fundamento == "privacidad.arco" and not de_derechos:
        return False
    de_su_mesa = renglon.tipo == "AuditEvent" or "QUEJA" in etiquetas
    if linea.fundamento == "privacidad.revision" and not de_su_mesa:
        return False
    if linea.necesidad in ("puesto", "servicio") and not (
        linea.necesidad == "puesto" and hechos.tratante
    ):
        for categoria in SENSIBLES:
            if categoria not in etiquetas or renglon.autor == actor.id:
                continue
            if linea.necesidad == "servicio" and renglon.tipo in DE_SERVICIO:
                continue
            if renglon.tipo in DE_SERVICIO and _espera_resultado(actor, hechos):
                continue
            if linea.necesidad == "puesto" and _es_de_su_puesto(actor, categoria):
                continue
            abierta = any(
                _nombra(d, actor, ahora, linea.proposito)
                and d.ambito.etiquetas is not None
                and categoria in d.ambito.etiquetas
                and _en(d.ambito, renglon)
                for d in hechos.directivas
            )
            if not abierta:
                return False
    de_oficio = ("privacidad.arco", "privacidad.sancion")
    leen = linea.fundamento in ("titular", *de_oficio, "institucion.sistema")
    if "DIRECTIVA" in etiquetas and not leen and not actor.roles & {Rol.ARCHIVO, Rol.ADMISION}:
        return False
    quienes = ("titular", "institucion.sistema", "representacion", "delegacion")
    de_quejas = ("privacidad.revision", "privacidad.sancion")
    if "QUEJA" in etiquetas and linea.fundamento not in (*quienes, *de_quejas):
        return False
    ajeno = linea.fundamento == "representacion" and hechos.confidencial
    if ajeno and any(categoria in etiquetas for categoria in SENSIBLES):
        return False
    if linea.fundamento == "autorizacion":
        return any(
            _en(d.ambito, renglon)
            for d in hechos.directivas
            if _nombra(d, actor, ahora, linea.proposito)
        )
    return True


def _espera_resultado(actor: Actor, hechos: Hechos) -> bool:
    """Whether a result or a task waits for a physician: then they see it, whatever it tells."""
    lazos = [relacion.value for relacion in hechos.relaciones]
    puestos = [rol.value for rol in actor.roles]
    return ("tarea" in lazos or "orden.solicitada" in lazos) and any(
        puesto in MEDICOS.split() for puesto in puestos
    )


def _es_de_su_puesto(actor: Actor, categoria: str) -> bool:
    for rol in actor.roles:
        if rol == Rol.PSICOLOGIA and categoria in (
            "SALUD_MENTAL",
            "ADICCIONES",
            "VIOLENCIA",
            "ADOLESCENCIA",
        ):
            return True
        if rol == Rol.TRABAJO_SOCIAL and categoria in ("VIOLENCIA", "ADICCIONES"):
            return True
    return False
