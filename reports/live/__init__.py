"""The page of the control room: facts in, HTML and its policy out."""

from reports.live.page import Link, LiveFacts, render_live

__all__ = ["Link", "LiveFacts", "render_live"]
