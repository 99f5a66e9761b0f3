FROM python:3.11-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 \
    PATH=/opt/ece/.venv/bin:$PATH ECE_HOME=/opt/ece/estado
WORKDIR /opt/ece

# The dependencies first: they change less often than the code.
COPY requirements.lock .
RUN python -m venv .venv \
 && .venv/bin/pip install --require-hashes --no-deps -r requirements.lock

COPY . .
RUN python manage.py collectstatic --noinput -v0 \
 && useradd --system --uid 10001 --no-create-home ece

USER ece
ENV DJANGO_SETTINGS_MODULE=settings.production
EXPOSE 8000
CMD ["granian", "ece.wsgi:application", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--no-ws", "--workers", "2", "--blocking-threads", "2", "--respawn-failed-workers"]
