"""Runs in the plain environment (`manage.py shell`): what cannot be seen from outside."""

import importlib
import io
import pkgutil
from pathlib import Path

from django.core.management import call_command
from django.template.loader import get_template

OPTIONAL = {"forms_ext.mail.bounces"}

for app in ("cop_program", "forms_ext"):
    package = importlib.import_module(app)
    folder = Path(package.__file__ or "").parent
    assert "site-packages" in folder.parts, folder
    for module in pkgutil.walk_packages(package.__path__, f"{app}."):
        if module.name not in OPTIONAL:
            importlib.import_module(module.name)
    templates = folder / "templates"
    for path in templates.rglob("*.*"):
        get_template(str(path.relative_to(templates)))

call_command("makemigrations", check=True, dry_run=True)
findings = io.StringIO()
call_command("check", deploy=True, databases=["default"], stderr=findings)
print(findings.getvalue())
call_command("cop_tick")
call_command("cop_audit")
