"""gunicorn's settings: threads that can stream, and an access log without private links.

`gunicorn --config python:config.gunicorn config.wsgi`. The environment variables PORT, HOST, WEB_WORKERS and
WEB_THREADS change it.
"""

import os
from typing import Any

from gunicorn.glogging import Logger

from .masking import mask_path


class MaskingLogger(Logger):
    """Log paths without query strings, with *** for the secret part of private links; skip health probes."""

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        if not environ.get("PATH_INFO", "").startswith("/health/"):
            super().access(resp, req, environ, request_time)

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        path = mask_path(environ.get("PATH_INFO", ""))
        atoms |= {"U": path, "r": f"{atoms.get('m')} {path}", "q": "", "f": "-"}
        return atoms


bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = int(os.environ.get("WEB_THREADS", "4"))
preload_app = True  # the code is read once, then shared by the workers
timeout = 60
graceful_timeout = 5
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
accesslog = "-"
access_log_format = "%(h)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"
logger_class = MaskingLogger
loglevel = os.environ.get("LOG_LEVEL", "info")
control_socket_disable = True
