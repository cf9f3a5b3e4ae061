"""The contracts of a venue: lot decimals, margin tiers and minimum value from a dated schedule."""

from dataclasses import dataclass
from datetime import date

from forven.engine.checks import check_whole, date_of, decimal_units, fields_of
from forven.engine.schedules import schedule_document
from forven.market.perpetual.contract import MarginTier, PerpetualContract
from forven.primitives.errors import InvalidInput
from forven.primitives.money import MICROS_PER_UNIT

KIND = "perpetual_contracts"
_FIELDS = ("name", "effective_from", "source", "minimum_value", "contracts")
_MONEY_MAX = 10**12 * MICROS_PER_UNIT - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractSchedule:
    """What a venue lists, as of a day: contracts by symbol."""

    name: str
    effective_from: date
    source: str
    contracts: dict[str, PerpetualContract]

    @classmethod
    def named(cls, name: str) -> "ContractSchedule":
        """Return a built-in schedule (hyperliquid), or the one in a JSON file's path."""
        return cls.from_json(schedule_document(KIND, name))

    def contract(self, symbol: str) -> PerpetualContract:
        """Return a listed contract; InvalidInput names those that are."""
        if symbol not in self.contracts:
            raise InvalidInput(
                f"{self.name}: expected one of {', '.join(sorted(self.contracts))}, found "
                f"{symbol!r}; add it to a schedule of your own, or build the contract in Python"
            )
        return self.contracts[symbol]

    @classmethod
    def from_json(cls, document: object, path: str = "contracts") -> "ContractSchedule":
        """Return the schedule of a document."""
        given = fields_of(document, path, _FIELDS, complete=True)
        minimum = decimal_units(
            f"{path}.minimum_value", given["minimum_value"], MICROS_PER_UNIT, 0, _MONEY_MAX
        )
        listed = given["contracts"]
        names = tuple(listed) if isinstance(listed, dict) else ()
        contracts = fields_of(listed, f"{path}.contracts", names)
        return cls(
            name=given["name"],
            effective_from=date_of(f"{path}.effective_from", given["effective_from"]),
            source=given["source"],
            contracts={
                symbol: _contract(symbol, each, minimum, f"{path}.contracts.{symbol}")
                for symbol, each in contracts.items()
            },
        )


def _contract(symbol: str, document: object, minimum: int, path: str) -> PerpetualContract:
    """Return one listed contract."""
    given = fields_of(document, path, ("size_decimals", "tiers"), complete=True)
    check_whole(f"{path}.size_decimals", given["size_decimals"], 0, 6)
    if not isinstance(given["tiers"], list):
        raise InvalidInput(f"{path}.tiers must be a list, was {type(given['tiers']).__name__}")
    tiers = tuple(
        _tier(each, f"{path}.tiers[{number}]") for number, each in enumerate(given["tiers"])
    )
    return PerpetualContract.hyperliquid(symbol, given["size_decimals"], tiers, minimum)


def _tier(document: object, path: str) -> MarginTier:
    """Return one margin tier."""
    given = fields_of(document, path, ("from", "leverage"), complete=True)
    check_whole(f"{path}.leverage", given["leverage"], 1, 1_000)
    start = decimal_units(f"{path}.from", given["from"], MICROS_PER_UNIT, 0, _MONEY_MAX)
    return MarginTier(from_micros=start, leverage=given["leverage"])
