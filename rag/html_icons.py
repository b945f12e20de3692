"""The few pictures of the page, drawn in strokes; each stands beside or carries a text."""

_PATHS = {
    "again": "M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3",
    "edit": "M3 13l.7-3L10 3.7a1.4 1.4 0 0 1 2 0l.3.3a1.4 1.4 0 0 1 0 2L6 12.3 3 13z",
    "copy": "M6 6h7v7H6zM3 10V3h7",
    "up": "M5 7.5 8 2c1 0 1.6.8 1.4 1.8L9 6h3.4c.8 0 1.3.8 1.1 1.5l-1.2 4.6c-.2.6-.7.9-1.3.9H5zM2 7.5h3V13H2z",
    "down": "M11 8.5 8 14c-1 0-1.6-.8-1.4-1.8L7 10H3.6c-.8 0-1.3-.8-1.1-1.5l1.2-4.6c.2-.6.7-.9 1.3-.9h6zM14 8.5h-3V3h3z",
    "theme": "M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12",
    "find": "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.6 10.6 14 14",
    "export": "M8 2v8M5 7l3 3 3-3M3 13h10",
    "link": "M7 9a2.5 2.5 0 0 0 3.6 0l2-2A2.5 2.5 0 0 0 9 3.4l-.8.8M9 7a2.5 2.5 0 0 0-3.6 0l-2 2A2.5 2.5 0 0 0 7 12.6l.8-.8",
    "new": "M8 3v10M3 8h10",
}


def icon(name: str) -> str:
    """A picture 16 units square; hidden from screen readers, since a label says the same."""
    return f'<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d="{_PATHS[name]}"/></svg>'
