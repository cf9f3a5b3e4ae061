"""The sub-commands of the command line: one module each, exposing `command`, loaded when asked."""
