"""Production: everything from the environment, and no start with a default left in place."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from settings import entorno
from settings.base import *  # noqa: F403
from settings.base import base_de_datos

SECRET_KEY = entorno.texto("ECE_SECRET_KEY")
DEBUG = entorno.booleano("ECE_DEBUG", False)
ALLOWED_HOSTS = entorno.lista("ECE_HOSTS")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
ECE_LLAVERO = entorno.texto("ECE_LLAVERO")
_aplicacion = entorno.texto("DATABASE_URL")
# Whoever serves has no need of the owner's address, and should not be given it.
_duena = entorno.texto("ECE_DATABASE_OWNER_URL", None if entorno.es_duena() else "")
DATABASES = base_de_datos(_aplicacion, _duena)

ECE_SEGUNDO_FACTOR = entorno.lista("ECE_SEGUNDO_FACTOR", "*")
SESSION_COOKIE_SECURE = entorno.booleano("ECE_COOKIES_SEGURAS", True)
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
SECURE_SSL_REDIRECT = entorno.booleano("ECE_REDIRIGIR_A_HTTPS", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = entorno.entero("ECE_HSTS_SEGUNDOS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_REDIRECT_EXEMPT = [r"^salud/"]

if len(SECRET_KEY) < 50 or "insegura" in SECRET_KEY:
    raise ImproperlyConfigured(
        "ECE_SECRET_KEY es la de la demostración o mide menos de 50 caracteres; genere una propia."
    )
if DEBUG:
    raise ImproperlyConfigured("ECE_DEBUG está activo: mostraría datos en las páginas de error.")
if not ECE_LLAVERO.startswith(("secreto:", "pkcs11:")):
    raise ImproperlyConfigured(
        "ECE_LLAVERO usa el proveedor de la demostración; use secreto:RUTA con las llaves maestras "
        "o pkcs11: si están en un módulo."
    )
if not SESSION_COOKIE_SECURE:
    raise ImproperlyConfigured(
        "ECE_COOKIES_SEGURAS=0 dejaría viajar la sesión sin cifrar; sirva por HTTPS."
    )
if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ECE_HOSTS: diga con qué nombres se sirve, separados por comas.")
if _duena and urlsplit(_duena).username == urlsplit(_aplicacion).username:
    raise ImproperlyConfigured(
        "DATABASE_URL y ECE_DATABASE_OWNER_URL entran con el mismo papel: la aplicación no debe "
        "ser dueña de las tablas (podría cambiar la bitácora)."
    )
