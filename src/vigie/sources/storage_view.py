"""What a rendered page shows of other pages."""

from __future__ import annotations

from vigie.sources.storage_tree import Node

INCLUDES = frozenset({"include", "excerpt-include", "multiexcerpt-include", "multiexcerpt-include-macro"})
# These show what they find of other pages, by label, by property or by date: of which ones, the macro does not tell.
GATHERED = frozenset(
    "detailssummary contentbylabel content-report-table blog-posts recently-updated excerpt-list search livesearch "
    "page-properties-report task-report tasks-report-macro children pagetree".split()
)
OF_OTHERS = INCLUDES | GATHERED


def without_others(view: Node) -> None:
    """Take out of a rendered page what its macros show of other pages, as their `data-macro-name` marks it."""
    view.children = [
        child
        for child in view.children
        if isinstance(child, str) or child.attributes.get("data-macro-name", "").lower() not in OF_OTHERS
    ]
    for child in view.nodes():
        without_others(child)
