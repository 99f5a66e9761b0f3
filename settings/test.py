"""The test suite: real PostgreSQL, the application's real role, fast password hashing."""

from settings import entorno
from settings.base import *  # noqa: F403
from settings.base import ECE_HOME, OAUTH2_PROVIDER, STORAGES
from settings.base import ECE_POSTGRES as ECE_POSTGRES
from settings.base import ECE_PUERTO as ECE_PUERTO

ECE_DEMO = True
ECE_HOSTS_INTERNOS = ["127.0.0.1"]
SECRET_KEY = "pruebas-" + "0" * 50
ALLOWED_HOSTS = ["*"]
ECE_LLAVERO = "pruebas"
DATABASES = {"default": entorno.base_de_datos("postgresql://ece_app@/sin-crear")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    **STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_ROOT = ECE_HOME / "static-pruebas"
OAUTH2_PROVIDER = {**OAUTH2_PROVIDER}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
