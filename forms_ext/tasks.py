"""Lets django-crontask, if a site has it, start the periodic work; elsewhere any cron runs `manage.py cop_tick`."""

from .base.tasks import tick

try:
    from crontask import cron
except ImportError:
    pass
else:
    cron("* * * * *")(tick)
