"""Wires the rooms into Wagtail's admin."""

from wagtail import hooks

from .base import history

hooks.register("register_log_actions", history.register_log_actions)
