"""Gathers the models of all rooms for Django."""

from .admission.models import *  # noqa: F403
from .applications.models import *  # noqa: F403
from .base.models import *  # noqa: F403
from .billing.models import *  # noqa: F403
from .exports.models import *  # noqa: F403
from .forms.models import *  # noqa: F403
from .mail.models import *  # noqa: F403
from .registration.models import *  # noqa: F403
