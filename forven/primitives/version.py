"""The version of forven, which its optional extension must share."""

__version__ = "0.1.0"
