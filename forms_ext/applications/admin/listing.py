"""What the listings of people have in common."""

from django.utils.translation import gettext_lazy as _

from cop_program.keys import key

from ...base.admin import labels
from ...base.admin.listing import CountedFilter, CountedFilterSet


class PeopleFilterSet(CountedFilterSet):
    """Filters of people: status, program, country."""

    state = CountedFilter(label=_("State"), whole=True)
    program = CountedFilter(field_name="program_id", label=_("Program"), labels=labels.program_labels, parse=key)
    country = CountedFilter(label=_("Country"), labels=labels.country_labels)
