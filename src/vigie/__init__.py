"""Vigie answers questions about an operations team's wiki, flow runs and source code."""

__version__ = "0.1.0"
