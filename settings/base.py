"""What every installation shares."""

from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from ece.postgres_embebido import PostgresEmbebido
from settings import entorno

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
ECE_HOME = Path(entorno.texto("ECE_HOME", "") or BASE_DIR / ".local").resolve()
ECE_DEMO = False
ECE_PUERTO = entorno.entero("PORT", 8000)
# Where people open it, as messages to them say it.
ECE_URL = entorno.texto("ECE_URL", f"http://127.0.0.1:{ECE_PUERTO}").rstrip("/")
# Who puts time stamps (RFC 3161) and constancias of NOM-151; none named: the institution's own key.
ECE_AUTORIDAD_DE_TIEMPO = entorno.texto("ECE_AUTORIDAD_DE_TIEMPO", "")
# The server of our own, where there is one (the demo's).
ECE_POSTGRES: PostgresEmbebido | None = None

DEBUG = False
ALLOWED_HOSTS: list[str] = []
ROOT_URLCONF = "ece.urls"
WSGI_APPLICATION = "ece.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "ece.identidad",
    "auditoria",
    "registros",
    "consentimiento",
    "red",
    "interoperabilidad",
    "ece.web",
    "ece.demo",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "oauth2_provider",
    "auditlog",
    "axes",
    "csp",
    "django_htmx",
    "django_prometheus",
    "ece.nucleo",
]

MIDDLEWARE = [
    "ece.observacion.Observacion",
    "django.middleware.security.SecurityMiddleware",
    "ece.maquinas.ViaDeMaquinas",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "ece.web.recibos.Recibos",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ece.web.cuenta.sesion.SesionLigada",
    "auditlog.middleware.AuditlogMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ece.web.copias.SinCopias",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["ece.web.templatetags.direcciones"],
            "libraries": {"i18n": "ece.web.templatetags.traducciones"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

SILENCED_SYSTEM_CHECKS = ["templates.W003"]  # our i18n stands where Django's is, on purpose

# Two roles: the owner changes the schema, the application may only do its work. Commands that
# migrate ask for the owner (manage.py sets ECE_BD_ROL).
ECE_ROL_DE_APLICACION = entorno.texto("ECE_ROL_DE_APLICACION", "ece_app")


def base_de_datos(url_aplicacion: str, url_duena: str) -> dict[str, Any]:
    return {"default": entorno.base_de_datos(url_duena if entorno.es_duena() else url_aplicacion)}


AUTH_USER_MODEL = "identidad.Usuario"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/cuenta/entrar/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/cuenta/entrar/"

AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_LOCKOUT_TEMPLATE = "429.html"

# Posts (or * for all) whose people must have a passkey or a code generator.
ECE_SEGUNDO_FACTOR: list[str] = []
ECE_MINUTOS_DE_INACTIVIDAD = entorno.entero("ECE_MINUTOS_DE_INACTIVIDAD", 10)
# Ends a session also when its network (/24, /48) changes: not for those who walk between networks.
ECE_SESION_LIGADA_A_LA_RED = entorno.booleano("ECE_SESION_LIGADA_A_LA_RED", False)

SESSION_ENGINE = "ece.identidad.almacen"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 10
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = False
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    },
}

OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER: dict[str, Any] = {
    "OAUTH2_VALIDATOR_CLASS": "interoperabilidad.oauth.validador.ValidadorSmart",
    "SCOPES": {"system/*.cruds": "Recursos FHIR según la decisión de acceso"},
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 90 * 24 * 3600,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "PKCE_REQUIRED": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    # Only the digest of a token is kept: a dump opens no door.
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
}

# Hosts of our own network that may be called at addresses that clients give (their keys, the files
# of an import, where a subscription is told), also by http: none, as a rule.
ECE_HOSTS_INTERNOS = entorno.lista("ECE_HOSTS_INTERNOS", "")
# Which header tells the client certificate of a mutual TLS, and which proxies may write it.
ECE_CABECERA_DE_CERTIFICADO = entorno.texto("ECE_CABECERA_DE_CERTIFICADO", "")
ECE_PROXIES = entorno.lista("ECE_PROXIES", "")

LANGUAGE_CODE = "es-mx"
LANGUAGES = [("es-mx", _("Español")), ("en", _("Inglés"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "America/Mexico_City"

STATIC_URL = "/static/"
STATIC_ROOT = ECE_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 50 * 1024 * 1024
# The largest document that is kept. Files that people upload stay in memory until they are
# encrypted: none is ever written to a temporary directory, and a larger one is not received.
ECE_DOCUMENTO_BYTES = entorno.entero("ECE_DOCUMENTO_MB", 25) * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = ECE_DOCUMENTO_BYTES + 64 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

# The OID that the DGIS registered for the institution; without one, a CDA is "no intercambiable".
ECE_OID_INSTITUCIONAL = entorno.oid("ECE_OID_INSTITUCIONAL")

# Whether a PUT of an id that nobody has creates it (FHIR calls it update as create).
ECE_FHIR_CREAR_CON_PUT = entorno.booleano("ECE_FHIR_CREAR_CON_PUT", False)
# How long the files of an export, or what became of an import, are kept once it is done.
ECE_MASIVO_HORAS = entorno.entero("ECE_MASIVO_HORAS", 24)
# HL7 v2 over MLLP: where it listens, with which certificate (none: in clear, for the loopback or a
# network of its own), whose certificates of clients it accepts, and the largest message it takes.
ECE_MLLP_ANFITRION = entorno.texto("ECE_MLLP_ANFITRION", "127.0.0.1")
ECE_MLLP_PUERTO = entorno.entero("MLLP_PORT", 2575)
ECE_MLLP_CERTIFICADO = entorno.texto("ECE_MLLP_CERTIFICADO", "")
ECE_MLLP_LLAVE = entorno.texto("ECE_MLLP_LLAVE", "")
ECE_MLLP_AUTORIDADES = entorno.texto("ECE_MLLP_AUTORIDADES", "")
ECE_HL7_BYTES = entorno.entero("ECE_HL7_MB", 32) * 1024 * 1024

# The terms of ARCO requests by regime (a file, so that a reform is a change of data), and the
# institution's own days without business, as ISO dates separated by commas.
ECE_PLAZOS_ARCO = Path(
    entorno.texto("ECE_PLAZOS_ARCO", "") or BASE_DIR / "consentimiento/datos/plazos_arco.json"
)
ECE_DIAS_INHABILES = entorno.fechas("ECE_DIAS_INHABILES")
# How long a record is kept after the last medical act (NOM-004 5.4: at least five years).
ECE_CONSERVACION_ANIOS = max(5, entorno.entero("ECE_CONSERVACION_ANIOS", 5))
# How long a broken glass stays broken.
ECE_EMERGENCIA_MINUTOS = entorno.entero("ECE_EMERGENCIA_MINUTOS", 60)

# The sealed log: its name for others (by default the server's address), a file of checkpoints
# outside the database, its witnesses ("https://… name+id+key"), and the logs that we witness.
ECE_BITACORA_ORIGEN = entorno.texto("ECE_BITACORA_ORIGEN", "")
ECE_BITACORA_ARCHIVO = entorno.texto("ECE_BITACORA_ARCHIVO", "")
ECE_TESTIGOS = entorno.lista("ECE_TESTIGOS")
ECE_BITACORAS_ATESTIGUADAS = entorno.lista("ECE_BITACORAS_ATESTIGUADAS")
# Seconds between time stamps of a checkpoint, at least.
ECE_ESTAMPAR_CADA = entorno.entero("ECE_ESTAMPAR_CADA", 3600)

# The hospital's collector of audit messages (IHE ATNA, syslog over TLS): where it is, whose
# certificates are believed (none: the system's), what we show, and how patients are named there.
ECE_COLECTOR = entorno.anfitrion_y_puerto("ECE_COLECTOR", 6514)
ECE_COLECTOR_AUTORIDADES = entorno.texto("ECE_COLECTOR_AUTORIDADES", "")
ECE_COLECTOR_CERTIFICADO = entorno.texto("ECE_COLECTOR_CERTIFICADO", "")
ECE_COLECTOR_LLAVE = entorno.texto("ECE_COLECTOR_LLAVE", "")
ECE_COLECTOR_PACIENTES = entorno.eleccion("ECE_COLECTOR_PACIENTES", ("seudonimo", "id"))

# Who is asked about rights to care: "name fhir|soap|rest https://… [token]".
ECE_DERECHOHABIENCIA = entorno.lista("ECE_DERECHOHABIENCIA")
# Where the demonstration has somebody to ask.
ECE_DERECHOHABIENCIA_PUERTO = entorno.entero("ECE_DERECHOHABIENCIA_PUERTO", ECE_PUERTO + 70)

AUDITLOG_INCLUDE_TRACKING_MODELS: tuple[str, ...] = ()

# Who, other than the machine itself, may read /metricas.
ECE_METRICAS_TOKEN = entorno.texto("ECE_METRICAS_TOKEN", "")

# Messages to people leave by the institution's mail server (none: only in the portal) and by the
# push services that browsers use; nobody makes the server call another address.
EMAIL_HOST = entorno.texto("ECE_CORREO_SERVIDOR", "")
EMAIL_PORT = entorno.entero("ECE_CORREO_PUERTO", 587)
EMAIL_HOST_USER = entorno.texto("ECE_CORREO_USUARIO", "")
EMAIL_HOST_PASSWORD = entorno.texto("ECE_CORREO_CONTRASENA", "")
EMAIL_USE_TLS = entorno.booleano("ECE_CORREO_TLS", True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = entorno.texto("ECE_CORREO_REMITENTE", "no-responder@localhost")
ECE_PUSH_SERVICIOS = entorno.lista(
    "ECE_PUSH_SERVICIOS",
    "https://fcm.googleapis.com,https://updates.push.services.mozilla.com,"
    "https://*.push.apple.com,https://*.notify.windows.com",
)
# How long whoever recovers an account by e-mail waits, while its owner can still say no.
ECE_RECUPERACION_HORAS = entorno.entero("ECE_RECUPERACION_HORAS", 24)

# Never a clinical or personal word in a log line: requests are logged by route, not by address.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"linea": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"consola": {"class": "logging.StreamHandler", "formatter": "linea"}},
    "root": {"handlers": ["consola"], "level": "WARNING"},
    "loggers": {
        "django.request": {"level": "CRITICAL"},
        "django.security.csrf": {"level": "CRITICAL"},
        "axes": {"level": "CRITICAL"},
        # They say whose certificates they could not follow: a person's name.
        "pyhanko": {"level": "CRITICAL"},
        "pyhanko_certvalidator": {"level": "CRITICAL"},
        "ece": {"level": "INFO"},
    },
}
