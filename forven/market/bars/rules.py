"""The written rules for rows of bars: what is bad, what is left out, what is only noted."""

BAD_SHARE_PERCENT_MAX = 1

BAD_ROWS = {
    "unreadable_ts": "the stamp is missing or cannot be read",
    "not_a_number": "a price is missing, NaN, infinite or no number",
    "not_positive": "a price is 0 or below",
    "not_ordered": "the high is below the low, or open or close lie outside them",
    "off_grid": "the stamp is no multiple of the timeframe",
}
"""A bad row is dropped under the first rule it breaks; above 1 %, a file is refused whole."""

LEFT_OUT = {
    "not_chosen": "the row is of another symbol than the one chosen",
    "outside_session": "the calendar has no bar there",
    "not_closed": "the bar ends after the import's clock: it may still change",
    "duplicate": "another row has the same end and the same values",
}

NOTED = {
    "unsorted": "the time went backwards at this row: put in order",
    "volume_unknown": "the volume is missing, negative or no number: taken as not known",
    "rounded": "a price was rounded to the decimals asked for, half to even",
    "close_only": "open, high and low are not known: all four are the close",
}
