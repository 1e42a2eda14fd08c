SHELL := /bin/bash
PORT ?= 8000
REHEARSAL_DIR := $(if $(filter undefined,$(origin DATA_DIR)),.rehearsal,$(DATA_DIR))
DATA_DIR ?= .data
ONLY ?=
export PORT DATA_DIR ONLY
PYTHON := .venv/bin/python
.DEFAULT_GOAL := run

.PHONY: bench coverage help lint messages migrations picture quick rehearse run screenshots setup soak test test-full test-newest test-oldest

# `exec` hands the signals that make gets (Ctrl-C, SIGTERM) to the supervisor itself.
run: ## Set up and run everything: packages, environment, database, demo, web server, worker
	@exec site/bin/run

rehearse: ## Rehearse a copy of a program from the first application to the end: PROGRAM=slug, STOP_AT=stage, SERVE=0
	@DATA_DIR="$(REHEARSAL_DIR)" exec site/bin/run cop_rehearse --program "$(PROGRAM)" --stop-at "$(STOP_AT)" \
		$(if $(filter 0,$(SERVE)),,--serve)

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z][a-z-]*:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: ## Install the system packages that the site needs, and the virtual environment from uv.lock
	@site/bin/setup

quick: ## Run lint, types and the unit tests of what changed since main (BASE=branch), within 90 seconds
	@site/bin/setup
	@exec $(PYTHON) site/bin/quick

lint: ## Run the checks that `make test` runs before its tests
	@exec site/bin/test --lint-only

test: ## Run the whole suite with all its setup, as continuous integration does
	@exec site/bin/test

test-full: ## Run the slow tests: every supported Python and Django, oldest and newest dependencies, both databases, soak
	@exec site/bin/test-full

test-oldest: ## Test the wheel in a plain Wagtail site with the oldest supported Python and Django
	@exec site/bin/test --oldest

test-newest: ## Test the wheel in a plain Wagtail site with the newest dependencies, none pinned
	@exec site/bin/test --newest

soak: ## Run the long version of races and property tests
	@exec site/bin/test --soak

coverage: ## Measure how much of the apps the unit tests on SQLite run: per file and in total
	@exec site/bin/test --coverage

bench: ## Run the benchmarks; `make bench ONLY=name` runs one
	@site/bin/setup test
	@exec $(PYTHON) -m tests.benchmarks $(ONLY)

migrations: ## Recreate the one migration of each app (until the first release)
	@site/bin/setup
	rm -f cop_program/migrations/0001_initial.py forms_ext/migrations/0001_initial.py site/demo/migrations/0001_initial.py
	DJANGO_SETTINGS_MODULE=config.settings.development $(PYTHON) site/manage.py makemigrations cop_program forms_ext demo

messages: ## Update the translation catalogues from the sources and compile them
	@site/bin/setup test
	@exec $(PYTHON) site/bin/messages

picture: ## Draw the packages in docs/architecture.md, and list the events in docs/events.md
	@site/bin/setup
	@$(PYTHON) site/bin/draw_architecture
	@exec $(PYTHON) site/bin/list_events

screenshots: ## Take the pictures for docs/screenshots.md from a separate demo
	@site/bin/setup test
	@exec $(PYTHON) -m tests.screenshots
