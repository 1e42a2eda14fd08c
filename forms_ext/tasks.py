"""Let django-crontask, if a site has it, run the scheduler. Otherwise any cron runs `manage.py cop_tick`."""

from .base.tasks import tick

try:
    from crontask import cron
except ImportError:
    pass
else:
    cron("* * * * *")(tick)
