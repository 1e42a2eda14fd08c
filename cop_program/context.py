"""What the templates of the pages get; the names below are the contract with `templates/cop_program/`.

Every page:
    `reader_zone`      name of the reader's IANA zone, '' where unknown (`reader.zone`)
    `zone_choices`     [(name, readable name)] for the form that sets it. The form:
                       `<form method="post" action="{% url 'cop_program:set_zone' %}">`, fields `zone` (a name, or
                       '' to forget) and `next` (`request.get_full_path`); no CSRF token. The address
                       `?tz=Europe/Berlin` shows one page in a zone without any cookie.

`program_page.html`:
    `page`             the `ProgramPage`
    `program`          the `Program`, None in the preview of a page that was never published
    `schedule`         `schedule.Schedule` (shapes in its docstring); `schedule.groups` may be empty
    `reader_schedule`  `schedule.GroupSchedule` in the reader's zone, None where the zone is unknown
    `deadlines`        list of `DeadlineLine` in the order application, cancellation, registration;
                       those without a date are left out
    `next_step`        `extensions.NextStep` or None
    `seats`            `extensions.Seats` or None
    `facilitators`     list of `FacilitatorLine`
    `sessions`         list of `SessionLine`, by start; the cancelled ones too
    `fee`, `deposit`, `balance`   `Money`; `{{ fee|money }}` writes them; `balance` = fee - deposit
    `rebate_countries` list of names
    `steps`            list of `way.Step`: the way of this program with its dates (also by `{% the_way %}`)

`session_page.html`:
    `page`, `program_page`, `session` (a `SessionLine`), `session_schedule` (a `Schedule` of this one meeting),
    `reader_schedule`

`facilitator_page.html`:
    `page`, `contact_url` ('' where letters can't be sent), `programs` (list of live `ProgramPage` they lead)

`program_index_page.html`:
    `page`, `programs`: list of `ProgramLine`, what is ahead first

`facilitator_index_page.html`:
    `page`, `facilitators`: list of `FacilitatorLine`
"""
