"""The demonstration: an embedded PostgreSQL and keys of its own. Never for real patients."""

import os

from ece.postgres_embebido import APLICACION, DUENA, PostgresEmbebido
from settings import entorno
from settings.base import *  # noqa: F403
from settings.base import ECE_DERECHOHABIENCIA_PUERTO, ECE_HOME, base_de_datos

ECE_DEMO = True
ECE_DEMO_INSTITUCION = entorno.texto("ECE_DEMO_INSTITUCION", "Hospital General de Ejemplo")
ECE_HOSTS_INTERNOS = ["127.0.0.1", "localhost"]
ECE_DERECHOHABIENCIA = entorno.lista("ECE_DERECHOHABIENCIA") or [
    f"{nombre} {forma} http://127.0.0.1:{ECE_DERECHOHABIENCIA_PUERTO}/{forma}"
    for nombre, forma in (("IMSS", "soap"), ("ISSSTE", "rest"), ("IMSS-Bienestar", "fhir"))
]
SECRET_KEY = "demo-insegura-no-usar-con-pacientes-de-verdad-000000000000"  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *entorno.lista("ECE_HOSTS")]
ECE_LLAVERO = entorno.texto("ECE_LLAVERO", f"archivo:{ECE_HOME / 'llavero.json'}")
ECE_BITACORA_ARCHIVO = entorno.texto("ECE_BITACORA_ARCHIVO", f"{ECE_HOME / 'checkpoints.jsonl'}")

if "DATABASE_URL" in os.environ or "DATABASE_URL_FILE" in os.environ:
    _aplicacion = entorno.texto("DATABASE_URL")
    _duena = entorno.texto("ECE_DATABASE_OWNER_URL", _aplicacion)
else:
    ECE_POSTGRES = PostgresEmbebido(ECE_HOME / "pg")
    _aplicacion, _duena = ECE_POSTGRES.url(APLICACION), ECE_POSTGRES.url(DUENA)

DATABASES = base_de_datos(_aplicacion, _duena)
