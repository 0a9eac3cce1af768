"""Sorceress AI Video Gen: a self-hosted workspace for making AI video clips."""

__version__ = "0.1.0"
