PORT ?= 8000
DATA_DIR ?= .data
UV := uv
export DATA_DIR

.PHONY: migrations
migrations:
	rm -f cop_program/migrations/0001_initial.py forms_ext/migrations/0001_initial.py site/demo/migrations/0001_initial.py
	$(UV) run python site/manage.py makemigrations cop_program forms_ext demo
