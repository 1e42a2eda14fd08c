SHELL := /bin/bash
PORT ?= 8000
REHEARSAL_DIR := $(if $(filter undefined,$(origin DATA_DIR)),.rehearsal,$(DATA_DIR))
DATA_DIR ?= .data
ONLY ?=
export PORT DATA_DIR ONLY
PYTHON := .venv/bin/python
.DEFAULT_GOAL := run

.PHONY: bench coverage help lint messages migrations picture quick rehearse run screenshots setup soak test test-full test-oldest

# `exec` hands the signals that make gets (Ctrl-C, SIGTERM) to the supervisor itself.
run: ## Everything on this machine: packages, environment, database, demo, web server, worker
	@exec site/bin/run

rehearse: ## A copy of a program from the first application to the end: PROGRAM=slug, STOP_AT=station, SERVE=0
	@DATA_DIR="$(REHEARSAL_DIR)" exec site/bin/run cop_rehearse --program "$(PROGRAM)" --stop-at "$(STOP_AT)" \
		$(if $(filter 0,$(SERVE)),,--serve)

help: ## This list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: ## The virtual environment, from uv.lock, and the system packages that the site needs
	@site/bin/setup

quick: ## Lint, types, and the units of what you have changed since main (BASE=branch), within 90 seconds
	@site/bin/setup
	@exec $(PYTHON) site/bin/quick

lint: ## What `make test` checks before its tests
	@exec site/bin/test --lint-only

test: ## The whole suite with all its set-up, as continuous integration runs it
	@exec site/bin/test

test-full: ## What is slow: every supported Python and Django, oldest and newest dependencies, both databases, soak
	@exec site/bin/test-full

test-oldest: ## The wheel in a plain Wagtail site with the oldest Python and Django that we support
	@exec site/bin/test --oldest

soak: ## Races and properties for longer
	@exec site/bin/test --soak

coverage: ## How much of the apps the units on SQLite run: a table of the files, and one figure
	@exec site/bin/test --coverage

bench: ## Measure; `make bench ONLY=name` runs one
	@site/bin/setup test
	@exec $(PYTHON) -m tests.benchmarks $(ONLY)

migrations: ## Until the first release: one migration for each app, made anew
	@site/bin/setup
	rm -f cop_program/migrations/0001_initial.py forms_ext/migrations/0001_initial.py site/demo/migrations/0001_initial.py
	DJANGO_SETTINGS_MODULE=config.settings.development $(PYTHON) site/manage.py makemigrations cop_program forms_ext demo

messages: ## Bring the translations' catalogues up to date with the sources, and compile them
	@site/bin/setup test
	@exec $(PYTHON) site/bin/messages

picture: ## Draw the packages in docs/architecture.md from the imports
	@site/bin/setup
	@exec $(PYTHON) site/bin/draw_architecture

screenshots: ## The pictures of docs/screenshots.md, from a demo of its own
	@site/bin/setup test
	@exec $(PYTHON) -m tests.screenshots
