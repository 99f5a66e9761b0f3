"""A directive in one plain sentence, as the person would say it. Pure: it asks nobody."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from consentimiento.decision.terminos import Proposito
from consentimiento.directivas import Destino, Directiva, Rango
from ece.nucleo.roles import Rol
from registros.catalogos.sensibles import CATEGORIAS, Categoria
from registros.selectors.descripciones import CLASES

DATOS = {
    "resultados": (
        _("resultados de estudios y mediciones"),
        frozenset(
            {"DiagnosticReport", "Observation", "Specimen", "ImagingStudy", "ServiceRequest"}
        ),
    ),
    "notas": (
        _("notas y documentos"),
        frozenset({"Composition", "DocumentReference", "Binary"}),
    ),
    "diagnosticos": (_("diagnósticos"), frozenset({"Condition"})),
    "medicinas": (
        _("medicinas"),
        frozenset({"MedicationRequest", "MedicationStatement", "MedicationAdministration"}),
    ),
    "vacunas": (pgettext_lazy("datos", "vacunas"), frozenset({"Immunization"})),
    "citas": (pgettext_lazy("datos", "citas"), frozenset({"Appointment"})),
}
"""kind of data, as people tell them apart -> its name, its R4 types."""

PUESTOS = {
    Rol.MEDICO: _("los médicos"),
    Rol.RESIDENTE: _("los médicos residentes"),
    Rol.INTERNO: _("los médicos internos y pasantes"),
    Rol.URGENCIAS: _("los médicos de urgencias"),
    Rol.ENFERMERIA: _("el personal de enfermería"),
    Rol.LABORATORIO: _("el laboratorio"),
    Rol.IMAGEN: _("el servicio de imagen"),
    Rol.FARMACIA: _("la farmacia"),
    Rol.TRABAJO_SOCIAL: _("trabajo social"),
    Rol.PSICOLOGIA: _("el personal de psicología"),
    Rol.CALIDAD: _("quienes revisan la calidad"),
    Rol.INVESTIGACION: _("quienes investigan"),
}
"""Posts that a directive can name: those whose way in it weighs on."""

FINES = {
    Proposito.TREAT: _("para atenderme"),
    Proposito.HRESCH: _("para investigar"),
    Proposito.HOPERAT: _("para revisar la calidad de la atención"),
}
"""What for, as a form offers it: an emergency is not there, because it opens all the same."""

_OTROS_FINES = {
    Proposito.FAMRQT: _("como persona de mi confianza"),
    Proposito.ETREAT: _("en una urgencia"),
    Proposito.HPAYMT: _("para cobrar la atención"),
    Proposito.PUBHLTH: _("para la salud pública"),
    Proposito.PATRQT: _("porque yo lo pido"),
}


def explicar(directiva: Directiva, nombres: Mapping[str, str]) -> str:
    """``No comparta lo relativo a VIH con Urgencias, hasta el 3 de marzo de 2027.``

    `nombres` are of the people, units and visits it is about, by id.
    """
    que = _que(directiva, nombres)
    quien = _quien(directiva, nombres)
    patron = (
        _("Comparta %(que)s con %(quien)s")
        if directiva.permite
        else _("No comparta %(que)s con %(quien)s")
    )
    partes = [str(patron) % {"que": que, "quien": quien}]
    if directiva.propositos is not None:
        conocidos = FINES | _OTROS_FINES
        fines = [
            str(conocidos[Proposito(p)])
            for p in sorted(directiva.propositos)
            if p in Proposito.__members__
        ]
        partes.append(_enlistar(fines, pgettext("frase", "o")) or gettext("para otros fines"))
    frase = " ".join(partes)
    if directiva.hasta is not None:
        frase += gettext(", hasta el %(dia)s") % {"dia": _dia(directiva.hasta)}
    return f"{frase}."


def _que(directiva: Directiva, nombres: Mapping[str, str]) -> str:
    ambito = directiva.ambito
    partes = []
    if ambito.etiquetas is not None:
        dichas = [c for c in Categoria if c.value in ambito.etiquetas]
        if len(dichas) == len(Categoria):
            partes.append(
                gettext("nada delicado") if not directiva.permite else gettext("lo delicado")
            )
        else:
            categorias = [_minuscula(gettext(CATEGORIAS[c].nombre)) for c in dichas]
            partes.append(
                gettext("lo relativo a %s") % _enlistar(categorias, pgettext("frase", "y"))
            )
    if ambito.tipos is not None:
        partes.append(gettext("mis %s") % _enlistar(_tipos(ambito.tipos), pgettext("frase", "y")))
    if ambito.encuentros is not None:
        visitas = [nombres.get(str(e), gettext("una atención")) for e in sorted(ambito.encuentros)]
        partes.append(_enlistar(visitas, pgettext("frase", "y")))
    if ambito.registros is not None or ambito.periodo is not None:
        partes.append(gettext("algunos registros"))
    if partes:
        return pgettext("frase", " de ").join(partes) if len(partes) > 1 else partes[0]
    return gettext("todo mi expediente") if directiva.permite else gettext("nada de mi expediente")


def _tipos(tipos: Iterable[str]) -> list[str]:
    quedan, dichos = set(tipos), []
    for nombre, suyos in DATOS.values():
        if suyos <= quedan:
            dichos.append(str(nombre))
            quedan -= suyos
    return dichos + [_minuscula(gettext(CLASES.get(tipo, tipo))) for tipo in sorted(quedan)]


def _quien(directiva: Directiva, nombres: Mapping[str, str]) -> str:
    if not directiva.destinos:
        return gettext("quien me atienda") if directiva.permite else pgettext("frase", "nadie")
    destinos = sorted(directiva.destinos, key=lambda d: (-d.rango, nombres.get(d.valor, d.valor)))
    return _enlistar(
        [_destino(d, nombres) for d in destinos],
        pgettext("frase", "ni con") if not directiva.permite else pgettext("frase", "y con"),
    )


def _destino(destino: Destino, nombres: Mapping[str, str]) -> str:
    if destino.rango is Rango.ROL:
        return str(PUESTOS.get(Rol(destino.valor), destino.valor))
    return nombres.get(destino.valor) or gettext("alguien que ya no está en el directorio")


def _enlistar(partes: list[str], conjuncion: str) -> str:
    if len(partes) < 2:
        return "".join(partes)
    return f"{', '.join(partes[:-1])} {conjuncion} {partes[-1]}"


def _minuscula(texto: str) -> str:
    """Inside a sentence: an acronym stays as it is."""
    return texto if texto[:2].isupper() else texto[:1].lower() + texto[1:]


def _dia(hasta: datetime) -> str:
    """The last day on which it stands: `hasta` is the instant when it no longer does."""
    dia = timezone.localtime(hasta - timedelta(seconds=1)).date()
    if (translation.get_language() or "es").startswith("en"):
        return date_format(dia, "j F Y")
    return date_format(dia, r"j \d\e F \d\e Y").lower()
