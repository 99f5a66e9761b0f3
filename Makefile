# Everything a person or a machine types here. State lives under ECE_HOME (.local by default).
.DEFAULT_GOAL := ayuda
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
MAKEFLAGS += --no-print-directory

VENV ?= .venv
PY := $(VENV)/bin/python
LISTO := $(VENV)/.lock-instalado
PYTEST_WORKERS ?= 4
PYTEST_ARGS ?=

# Every command and worker is a process of its own: what Python compiled is kept for the next one.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: ayuda demo demo-reset demo-red demo-red-reset test capturas matriz check fmt bench lock

ayuda: ## esta lista
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(LISTO): requirements.lock .ci/instalar
	@.ci/instalar $(VENV)
	@touch $@

demo: $(LISTO) ## el hospital de demostración en http://127.0.0.1:8000 (PORT=, ECE_HOME=)
	@exec $(PY) manage.py demo

demo-reset: $(LISTO) ## borra la demostración; el siguiente `make demo` empieza de nuevo
	@$(PY) manage.py demo --borrar

demo-red: $(LISTO) ## dos hospitales con convenio, en los puertos PORT y PORT+1
	@exec $(PY) manage.py demo_red

demo-red-reset: $(LISTO) ## borra los dos; el siguiente `make demo-red` empieza de nuevo
	@$(PY) manage.py demo_red --borrar

test: $(LISTO) ## todas las pruebas, contra PostgreSQL de verdad
	@$(PY) -m pytest -n $(PYTEST_WORKERS) --dist worksteal $(PYTEST_ARGS)

capturas: $(LISTO) ## toma de nuevo las pantallas de docs/pantallas.md
	@ECE_CAPTURAS=1 $(PY) -m pytest tests/flujos/test_accesibilidad.py -k no_page

matriz: $(LISTO) ## escribe de nuevo quién puede qué en docs/permisos/
	@ECE_ESCRIBIR_MATRIZ=1 $(PY) -m pytest tests/contratos/test_matriz_generada.py

check: $(LISTO) ## formato, reglas, tipos, contratos de importación y revisiones de Django
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) manage.py check --settings settings.test --fail-level WARNING
	$(PY) manage.py makemigrations --settings settings.test --check --dry-run

fmt: $(LISTO) ## da formato
	$(VENV)/bin/ruff check --fix-only .
	$(VENV)/bin/ruff format .

bench: $(LISTO) ## mide la velocidad (docs/performance.md)
	@$(PY) -m benchmarks
	@$(PY) -m benchmarks.bitacora

lock: $(LISTO) ## escribe requirements.lock a partir de pyproject.toml
	@$(VENV)/bin/uv pip compile pyproject.toml --extra dev --generate-hashes \
	  --no-header --no-annotate --quiet --output-file requirements.lock
