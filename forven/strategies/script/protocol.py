"""The messages between a session and its script process: kinds, columns and framing.

A message is a head (length of the body in 4 bytes, little-endian, and a kind in 1) and a body.
Numbers travel as little-endian int32 and int64 arrays, the rest as JSON. Read by both sides.
"""

import struct

HEAD = struct.Struct("<IB")

# to the process
MESSAGE_SESSION = 1  # JSON facts; then int64 [n, ROW_WIDTH] the rows journaled before it started
MESSAGE_FRAMES = 2  # records one after another
MESSAGE_AHEAD = 6  # likewise; those after the first frame with a command or an error do not count

# from the process
MESSAGE_READY = 3
MESSAGE_REFUSED = 4  # text: why it does not run
MESSAGE_DECIDED = 5  # JSON [[frame of the message, entries], ...]; empty: nothing in any frame

# a record: int64 [FRAME_WIDTH], then int32 bids [N], asks [N], deltas [N] if FRAME_HAS_DELTAS,
# int64 rows [FRAME_ROWS, ROW_WIDTH], int64 own orders [FRAME_OWN, OWN_WIDTH]
FRAME_TS = 0
FRAME_SPOT = 1
FRAME_CASH = 2
FRAME_NLV = 3
FRAME_IS_STALE = 4
FRAME_HAS_DELTAS = 5
FRAME_ROWS = 6
FRAME_OWN = 7
FRAME_WIDTH = 8

# a journal row is sent without its bot and its number; it begins with its moment
ROW_KIND = 1
ROW_ORDER = 2
ROW_A = 3
ROW_WIDTH = 9

# an own order: its number of the script's orders, from 0; its id, MISSING if it was refused; why
OWN_WIDTH = 3

# an entry of a decided frame is a list that opens with one of these
ENTRY_LOG = "log"  # level, text, data or null
ENTRY_SIGNAL = "signal"  # name, data or null
ENTRY_ERROR = "error"  # text
ENTRY_PLACE = "place"  # kind, price, repriced, [[instrument, quantity, action], ...]
ENTRY_CANCEL = "cancel"  # order id
ENTRY_CANCEL_ALL = "cancel_all"
ENTRY_REPLACE = "replace"  # order id, price
WRITTEN = frozenset({ENTRY_LOG, ENTRY_SIGNAL})  # entries that change nothing in the engine

ACTIONS = ("buy to open", "sell to open", "buy to close", "sell to close")
KINDS = ("market", "limit", "stop")

REQUEST_DESCRIPTOR = 3
REPLY_DESCRIPTOR = 4


def packed(kind: int, body: bytes) -> bytes:
    """Return a message."""
    return HEAD.pack(len(body), kind) + body
