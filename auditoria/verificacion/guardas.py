"""What PostgreSQL must be enforcing: triggers in place, their functions ours, rights narrow."""

from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.db import models

from auditoria import bitacora
from auditoria.verificacion.hallazgos import Clase, Hallazgo
from ece.nucleo import base_de_datos
from ece.nucleo.modelos import Guardado

_INMORTALES = frozenset({"ece_sin_borrado", "ece_sin_truncado"})
_VERSIONADOS = _INMORTALES | {"ece_version", "ece_historia", "ece_evento"}
_DISPARADORES = """
SELECT c.relname, t.tgname, p.prosrc FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND t.tgenabled = 'O' AND c.relnamespace = 'public'::regnamespace
"""
_DERECHOS = """
SELECT t, d FROM unnest(%s::text[]) AS t, unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE']) AS d
WHERE has_table_privilege(%s, 'public.' || t, d)
"""
_SECUENCIA = """
SELECT coalesce((SELECT max(id) FROM {tabla}), 0), coalesce((
  SELECT last_value FROM pg_sequences
  WHERE schemaname || '.' || sequencename = pg_get_serial_sequence('public.{tabla}', 'id')), 0)
"""


def revisar() -> list[Hallazgo]:
    puestos = {(t, d): fuente for t, d, fuente in bitacora.consultar(_DISPARADORES, [])}
    hallazgos = []
    inmortales, con_contador = dict[str, str](), []
    for modelo in apps.get_models():
        tabla = modelo._meta.db_table
        for disparador in _esperados(modelo):
            fuente = puestos.get((tabla, disparador))
            if fuente is None:
                detalle = "no está o está apagado"
            elif fuente not in base_de_datos.FUNCIONES:
                detalle = "su función es otra"
            else:
                continue
            lugar = f"disparador {disparador} de {tabla}"
            hallazgos.append(Hallazgo(Clase.GUARDA_AUSENTE, lugar, detalle))
        if getattr(modelo, "INMORTAL", False):
            inmortales[tabla] = base_de_datos.privilegios(modelo)
            if isinstance(modelo._meta.pk, models.BigAutoField):
                con_contador.append(tabla)
    rol = settings.ECE_ROL_DE_APLICACION
    derechos = bitacora.consultar(_DERECHOS, [bitacora.arreglo(inmortales), rol])
    hallazgos += [
        Hallazgo(Clase.GUARDA_AUSENTE, f"derechos de {rol} sobre {tabla}", "puede cambiarla")
        for tabla in sorted({t for t, derecho in derechos if derecho not in inmortales[t]})
    ]
    for tabla in con_contador:
        ((ultimo, contador),) = bitacora.consultar(_SECUENCIA.format(tabla=tabla), [])
        if contador < ultimo:
            hallazgos.append(Hallazgo(Clase.SECUENCIA_RETROCEDIDA, f"contador de {tabla}"))
    return hallazgos


def _esperados(modelo: type[models.Model]) -> Iterable[str]:
    if not modelo._meta.managed or modelo._meta.proxy:
        return ()
    if getattr(modelo, "INMORTAL", False):
        return _INMORTALES
    return _VERSIONADOS if issubclass(modelo, Guardado) else ()
