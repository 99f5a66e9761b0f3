import gc
import os
from importlib import import_module

# What is loaded stays: looking for garbage in it meanwhile takes a fifth of the time to start, and
# each full look afterwards would go over all of it again.
gc.disable()

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.demo")
application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)
gc.freeze()
gc.enable()
