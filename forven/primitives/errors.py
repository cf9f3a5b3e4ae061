"""Every error a user can cause or meet: each says what was expected and what was found."""


class ForvenError(Exception):
    """Base of all errors that forven raises on purpose; its text is fit to show to a user."""


class InvalidInput(ForvenError):
    """A value, option or command has a form or range that is not accepted."""


class InvalidOrder(InvalidInput):
    """An order cannot be expressed: off its price grid, no legs, a quantity below one."""


class InvalidStrategy(InvalidInput):
    """A strategy document is malformed; the text names the field, as in `legs[0].strike.method`."""


class UnknownDataset(ForvenError):
    """No dataset of that name is in the catalog."""


class EmptyRange(ForvenError):
    """The range asked for holds no session."""


class NotASession(ForvenError):
    """The date is no trading day: a weekend, a holiday or an exceptional closure."""


class UntrustedData(ForvenError):
    """A file cannot be trusted and is refused whole; the text names the row and the reason."""


class CannotWrite(ForvenError):
    """A result could not be written: disk full, no permission, no such folder."""


class BackendUnavailable(ForvenError):
    """The kernel backend asked for cannot be used on this machine; the text says how to mend it."""
