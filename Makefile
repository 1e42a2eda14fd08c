SHELL := /bin/bash
PORT ?= 8000
REHEARSAL_DIR := $(if $(filter undefined,$(origin DATA_DIR)),.rehearsal,$(DATA_DIR))
DATA_DIR ?= .data
ONLY ?=
export PORT DATA_DIR ONLY
PYTHON := .venv/bin/python

.PHONY: run rehearse test test-oldest lint bench soak screenshots migrations messages setup

# `exec` hands the signals that make gets (Ctrl-C, SIGTERM) to the supervisor itself.
run: ## Everything on this machine: packages, environment, database, demo, web server, worker
	@exec site/bin/run

rehearse: ## A copy of a program from the first application to the end: PROGRAM=slug, STOP_AT=station, SERVE=0
	@DATA_DIR="$(REHEARSAL_DIR)" exec site/bin/run cop_rehearse --program "$(PROGRAM)" --stop-at "$(STOP_AT)" \
		$(if $(filter 0,$(SERVE)),,--serve)

test: ## The whole suite with all its set-up
	@exec site/bin/test

lint: ## What `make test` checks before its tests
	@exec site/bin/test --lint-only

test-oldest: ## The wheel in a plain Wagtail site with the oldest Python and Django that we support
	@exec site/bin/test --oldest

soak: ## Races and properties for longer
	@exec site/bin/test --soak

bench: ## Measure; `make bench ONLY=name` runs one
	@site/bin/setup test
	@exec $(PYTHON) -m tests.benchmarks $(ONLY)

screenshots: ## The pictures of docs/screenshots.md, from a demo of its own
	@site/bin/setup test
	@exec $(PYTHON) -m tests.screenshots

setup:
	@site/bin/setup

migrations: ## Until the first release: one migration for each app, made anew
	@site/bin/setup
	rm -f cop_program/migrations/0001_initial.py forms_ext/migrations/0001_initial.py site/demo/migrations/0001_initial.py
	$(PYTHON) site/manage.py makemigrations cop_program forms_ext demo

messages: ## Bring the translations' catalogues up to date with the sources, and compile them
	@site/bin/setup test
	@exec $(PYTHON) site/bin/messages
