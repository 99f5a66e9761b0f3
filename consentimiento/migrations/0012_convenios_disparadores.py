"""What PostgreSQL keeps of an agreement, whoever asks: its terms, and the order of its states."""

from django.db import migrations

CREAR = """
CREATE FUNCTION ece_convenio() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE firmas integer;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.estado <> 'borrador' THEN
      RAISE EXCEPTION 'ECE: un convenio empieza en borrador'
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF NEW.id <> OLD.id OR NEW.folio <> OLD.folio OR NEW.creado_at <> OLD.creado_at
     OR NEW.redactado_por <> OLD.redactado_por THEN
    RAISE EXCEPTION 'ECE: eso no cambia de un convenio'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT count(*) INTO firmas FROM public.consentimiento_firmadeconvenio f
    WHERE f.convenio_id = NEW.id AND f.huella = encode(sha256(NEW.terminos), 'hex');
  IF (NEW.terminos <> OLD.terminos OR NEW.cliente <> OLD.cliente)
     AND (OLD.estado <> 'borrador' OR EXISTS (
       SELECT 1 FROM public.consentimiento_firmadeconvenio f WHERE f.convenio_id = NEW.id)) THEN
    RAISE EXCEPTION 'ECE: los términos firmados no cambian'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.estado <> OLD.estado AND (OLD.estado, NEW.estado) NOT IN (
       ('borrador', 'firmado'), ('borrador', 'terminado'), ('firmado', 'vigente'),
       ('firmado', 'terminado'), ('vigente', 'suspendido'), ('vigente', 'terminado'),
       ('suspendido', 'vigente'), ('suspendido', 'terminado')) THEN
    RAISE EXCEPTION 'ECE: un convenio no pasa de % a %', OLD.estado, NEW.estado
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.estado IN ('firmado', 'vigente', 'suspendido') AND firmas <> 2 THEN
    RAISE EXCEPTION 'ECE: faltan firmas del convenio'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER ece_convenio BEFORE INSERT OR UPDATE ON consentimiento_convenio
  FOR EACH ROW EXECUTE FUNCTION ece_convenio();
"""

QUITAR = """
DROP TRIGGER ece_convenio ON consentimiento_convenio;
DROP FUNCTION ece_convenio();
"""


class Migration(migrations.Migration):
    dependencies = [("consentimiento", "0011_convenios")]

    operations = [migrations.RunSQL(CREAR, QUITAR)]
