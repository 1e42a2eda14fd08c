"""A rehearsal: a copy of a program, invented people, and a clock that passes through every stage of the journey.

`running` starts one and goes from stage to stage; `stages` says what happens at each, through the pages and
actions of the site; `record` keeps what happened, and `report` shows it. Development settings only.
"""
