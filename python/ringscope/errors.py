"""What goes wrong, as exceptions. All are :class:`Error`; each says what was wrong, where, and what to do."""

from __future__ import annotations


class Error(Exception):
    """Anything that ringscope refuses. ``code``, ``message`` and ``context`` (where) are attributes."""

    code = "internal"

    def __init__(self, message: str = "", context: str = "") -> None:
        super().__init__(f"{message} ({context})" if context else message)
        self.message = message
        self.context = context


class UsageError(Error, ValueError):
    """An argument that makes no sense."""

    code = "usage"


class ConfigError(Error, ValueError):
    """A setting that there is not, of a wrong type or out of range; names the line and the key."""

    code = "config"


class NotFoundError(Error, LookupError):
    """A store, run, ring or account that there is not."""

    code = "not_found"


class InputError(Error, ValueError):
    """A file that cannot be read as what it should be."""

    code = "input"


class StoreError(Error):
    """Something with the store itself."""


class CorruptError(StoreError):
    """Stored bytes are damaged."""

    code = "corrupt"


class VersionError(StoreError):
    """Stored in a format that this version does not know."""

    code = "version"


class LockedError(StoreError):
    """Another process has it open for writing."""

    code = "locked"


class IoError(StoreError, OSError):
    """The system refused a read or a write."""

    code = "io"


class NoSpaceError(IoError):
    """The disk is full."""

    code = "no_space"


class MemoryLimitError(Error, MemoryError):
    """The bound on memory would be passed."""

    code = "memory"


class RefusedError(Error):
    """A guard said no."""

    code = "refused"


class InternalError(Error):
    """A defect of ringscope."""

    code = "internal"


_BY_CODE = {
    kind.code: kind
    for kind in (UsageError, ConfigError, NotFoundError, InputError, CorruptError, VersionError, LockedError, IoError,
                 NoSpaceError, MemoryLimitError, RefusedError, InternalError)
}


def error_of(code: str, message: str, context: str) -> Error:
    """The exception of a code of base/error.h."""
    return _BY_CODE.get(code, InternalError)(message, context)
