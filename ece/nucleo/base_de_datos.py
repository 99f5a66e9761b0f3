"""What PostgreSQL itself enforces: triggers on guarded tables and the rights of the application.

Installed after every migration, from the models, so that a new table cannot forget them. The
owner's role runs this; the application's role can neither change nor disable any of it.
"""

from collections.abc import Iterable

from django.conf import settings
from django.db import connections, models
from psycopg import sql

from ece.nucleo.modelos import Guardado

FUNCIONES = """
CREATE OR REPLACE FUNCTION ece_version_siguiente() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.version <> 1 THEN
      RAISE EXCEPTION 'ECE: la primera versión es 1'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.version <> OLD.version + 1 OR NEW.id <> OLD.id OR NEW.paciente <> OLD.paciente
     OR NEW.acto = OLD.acto OR NEW.creado_at <> OLD.creado_at THEN
    RAISE EXCEPTION 'ECE: un registro sólo cambia por una versión nueva, en un acto nuevo'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_ARGV[0] = 'Composition' AND OLD.estado IN ('final', 'amended')
     AND NEW.estado <> 'entered-in-error' THEN
    IF NOT ece_es_correccion_de_etiquetas(
        OLD.estado, OLD.autor, OLD.fecha, NEW.estado, NEW.autor, NEW.fecha, NEW.acto) THEN
      RAISE EXCEPTION 'ECE: una nota terminada no cambia; se adenda'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  IF TG_ARGV[0] = 'Provenance' THEN
    IF OLD.papel <> '' AND NOT ece_es_resello(
        OLD.papel, OLD.nivel, OLD.autor, OLD.fecha, OLD.objeto,
        NEW.papel, NEW.nivel, NEW.autor, NEW.fecha, NEW.objeto, NEW.acto) THEN
      RAISE EXCEPTION 'ECE: una firma no cambia; sólo se le agregan sellos de tiempo'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;

-- A signature takes one kind of version, the one that adds a time stamp to it.
CREATE OR REPLACE FUNCTION ece_es_resello(
  papel_previo text, nivel_previo text, autor_previo uuid, fecha_previa timestamptz,
  objeto_previo uuid, papel_nuevo text, nivel_nuevo text, autor_nuevo uuid,
  fecha_nueva timestamptz, objeto_nuevo uuid, el_acto uuid
) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT (papel_nuevo, nivel_nuevo, autor_nuevo, fecha_nueva, objeto_nuevo)
         = (papel_previo, nivel_previo, autor_previo, fecha_previa, objeto_previo)
     AND EXISTS (SELECT 1 FROM public.auditoria_evento e
                 WHERE e.id = el_acto AND e.transaccion = pg_current_xact_id()
                   AND e.tipo = 'firma.resellada')
$$;

-- A finished note takes one more kind of version, the one that only corrects its labels: when the
-- event of this very transaction says so, and its state, date and author stay as they were.
CREATE OR REPLACE FUNCTION ece_es_correccion_de_etiquetas(
  estado_previo text, autor_previo uuid, fecha_previa timestamptz,
  estado_nuevo text, autor_nuevo uuid, fecha_nueva timestamptz, el_acto uuid
) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT estado_nuevo = estado_previo AND autor_nuevo = autor_previo
     AND fecha_nueva = fecha_previa
     AND EXISTS (SELECT 1 FROM public.auditoria_evento e
                 WHERE e.id = el_acto AND e.transaccion = pg_current_xact_id()
                   AND e.tipo = 'etiqueta.corregida')
$$;

CREATE OR REPLACE FUNCTION ece_sin_borrado() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ECE: % no se borra', TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE OR REPLACE FUNCTION ece_historia() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
  el_tipo text := TG_ARGV[0];
  clara record := OLD;
  resumen bytea := ''::bytea;
BEGIN
  IF el_tipo = '*' THEN el_tipo := OLD.tipo; END IF;
  IF TG_ARGV[1] = 'resumen' THEN
    resumen := OLD.resumen;
    clara.resumen := ''::bytea;
  END IF;
  clara.contenido := ''::bytea;
  INSERT INTO public.registros_historia
    (tipo, registro, version, paciente, estado, contenido, resumen, columnas, acto, creado_at,
     actualizado_at)
  VALUES (el_tipo, OLD.id, OLD.version, OLD.paciente, OLD.estado, OLD.contenido, resumen,
          to_jsonb(clara) - 'contenido' - 'resumen' - 'fichas', OLD.acto, OLD.creado_at,
          OLD.actualizado_at);
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION ece_con_evento() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE huella bytea;
BEGIN
  IF TG_ARGV[0] = 'resumen' THEN
    huella := sha256(NEW.contenido || NEW.resumen);
  ELSE
    huella := sha256(NEW.contenido);
  END IF;
  IF NOT EXISTS (SELECT 1 FROM public.auditoria_evento e
                 WHERE e.id = NEW.acto AND e.transaccion = pg_current_xact_id()
                   AND huella = ANY (e.huellas)) THEN
    RAISE EXCEPTION 'ECE: escritura sin su evento' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION ece_supuesto(vale boolean, valor text) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
  IF vale THEN
    RETURN valor;
  END IF;
  RAISE EXCEPTION 'ECE: lo que se dio por hecho no es así' USING ERRCODE = 'ECE01';
END $$;
"""


def _disparadores(modelo: type[Guardado]) -> Iterable[str]:
    tabla = modelo._meta.db_table
    tipo = getattr(modelo, "TIPO", "") or "*"
    huella = "resumen" if any(c.name == "resumen" for c in modelo._meta.fields) else "contenido"
    yield (
        f"CREATE OR REPLACE TRIGGER ece_version BEFORE INSERT OR UPDATE ON {tabla} "
        f"FOR EACH ROW EXECUTE FUNCTION ece_version_siguiente('{tipo}')"
    )
    yield (
        f"CREATE OR REPLACE TRIGGER ece_historia AFTER UPDATE ON {tabla} "
        f"FOR EACH ROW EXECUTE FUNCTION ece_historia('{tipo}', '{huella}')"
    )
    yield f"DROP TRIGGER IF EXISTS ece_evento ON {tabla}"
    yield (
        f"CREATE CONSTRAINT TRIGGER ece_evento AFTER INSERT OR UPDATE ON {tabla} "
        "DEFERRABLE INITIALLY DEFERRED "
        f"FOR EACH ROW EXECUTE FUNCTION ece_con_evento('{huella}')"
    )
    yield from _inmortal(tabla)


def _inmortal(tabla: str) -> Iterable[str]:
    yield (
        f"CREATE OR REPLACE TRIGGER ece_sin_borrado BEFORE DELETE ON {tabla} "
        "FOR EACH ROW EXECUTE FUNCTION ece_sin_borrado()"
    )
    yield (
        f"CREATE OR REPLACE TRIGGER ece_sin_truncado BEFORE TRUNCATE ON {tabla} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ece_sin_borrado()"
    )


def privilegios(modelo: type[models.Model]) -> str:
    """What the application's role may do to a table: a model may narrow it (`PRIVILEGIOS`)."""
    por_omision = (
        "SELECT, INSERT, UPDATE"
        if issubclass(modelo, Guardado)
        else "SELECT, INSERT, UPDATE, DELETE"
    )
    return str(getattr(modelo, "PRIVILEGIOS", por_omision))


def instalar(modelos: Iterable[type[models.Model]], *, alias: str = "default") -> None:
    """Install functions, triggers and grants for `modelos` (idempotent; needs the owner's role)."""
    rol = sql.Identifier(settings.ECE_ROL_DE_APLICACION)
    with connections[alias].cursor() as cursor:
        cursor.execute(FUNCIONES)
        cursor.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(rol))
        for modelo in modelos:
            if not modelo._meta.managed or modelo._meta.proxy:
                continue
            tabla = sql.Identifier(modelo._meta.db_table)
            cursor.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(tabla, rol))
            cursor.execute(
                sql.SQL("GRANT {} ON {} TO {}").format(sql.SQL(privilegios(modelo)), tabla, rol)
            )
            if getattr(modelo, "INMORTAL", False):
                ordenes = _inmortal(modelo._meta.db_table)
            elif issubclass(modelo, Guardado):
                ordenes = _disparadores(modelo)
            else:
                continue
            for orden in ordenes:
                cursor.execute(orden)
        cursor.execute(
            sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(rol)
        )
