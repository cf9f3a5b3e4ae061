"""All schemas by name."""

from collections.abc import Mapping

from api.schemas import bots, factory, sessions, strategies, system
from api.schemas.forms import Schema

SCHEMAS: Mapping[str, Schema] = {
    **system.SCHEMAS,
    **bots.SCHEMAS,
    **sessions.SCHEMAS,
    **strategies.SCHEMAS,
    **factory.SCHEMAS,
}
