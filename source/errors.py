"""Errors a user can mend. Every message names the remedy."""


class HakushoError(Exception):
    """Something the user can put right; shown as one line, never as a traceback."""


def reason(error: Exception) -> str:
    """The first line of another library's error, or its kind where it says nothing."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


class DocumentError(HakushoError):
    """A document cannot be read."""
