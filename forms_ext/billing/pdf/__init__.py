"""Draws invoices, credit notes and receipts as PDF/A-3a and PDF/UA-1, from their snapshot alone."""

from .drawing import render
from .page import html

__all__ = ["html", "render"]
