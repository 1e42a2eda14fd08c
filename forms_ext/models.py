"""The models of all packages, for Django."""

from .admission.models import *  # noqa: F403
from .applications.models import *  # noqa: F403
from .applications.pages import *  # noqa: F403
from .base.models import *  # noqa: F403
from .exports.models import *  # noqa: F403
from .forms.models import *  # noqa: F403
from .invoices.models import *  # noqa: F403
from .ledger.models import *  # noqa: F403
from .mail.models import *  # noqa: F403
from .programs.models import *  # noqa: F403
from .registration.models import *  # noqa: F403
from .registration.pages import *  # noqa: F403
from .submissions.models import *  # noqa: F403
from .submissions.pages import *  # noqa: F403
