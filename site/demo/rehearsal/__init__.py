"""A rehearsal: a copy of a program, invented people, and a clock that passes through every station of the journey.

`running` starts one and goes from station to station; `stations` says what happens at each, through the pages and
actions of the site; `record` keeps what happened, and `report` shows it. Development settings only.
"""
