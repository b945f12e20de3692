"""Errors a user can mend. Every message names the remedy."""


class HakushoError(Exception):
    """Something the user can put right; shown as one line, never as a traceback."""


class DocumentError(HakushoError):
    """A document cannot be read."""
