"""Initial and maintenance margin of a position, as the kernel works them out."""

from forven.kernels.perpetual_schema import PRICE_MAX
from forven.market.perpetual.contract import PerpetualContract


def notional_micros(contract: PerpetualContract, lots: int, mark2: int) -> int:
    """Return the notional of lots, whatever their sign, at a mark in half quanta."""
    return abs(lots) * mark2 * contract.value_micros // 2


def initial_margin(contract: PerpetualContract, lots: int, mark2: int, leverage: int) -> int:
    """Return the micros a position needs to be opened at a leverage, tier by tier."""
    parts = _parts(contract, notional_micros(contract, lots, mark2))
    return sum(-(-part // min(leverage, most)) for part, most in parts)


def maintenance_margin(contract: PerpetualContract, lots: int, mark2: int) -> int:
    """Return the micros below which a position is liquidated: half the least initial margin."""
    parts = _parts(contract, notional_micros(contract, lots, mark2))
    return sum(-(-part // (2 * most)) for part, most in parts)


def equity_micros(contract: PerpetualContract, cash: int, lots: int, mark2: int) -> int:
    """Return cash plus what the position is worth at a mark in half quanta."""
    return cash + lots * mark2 * contract.value_micros // 2


def liquidation_mark2(contract: PerpetualContract, cash: int, lots: int) -> int | None:
    """Return the nearest mark (half quanta) at which a position is liquidated; None: at none.

    cash  micros: what is left after paying for the position, below 0 for most longs
    For a long the greatest such mark, for a short the least, found by halving.
    """
    if not lots:
        return None
    most = 2 * PRICE_MAX
    broken, safe = (1, most + 1) if lots > 0 else (most, 0)
    if not _is_liquidated(contract, cash, lots, broken):
        return None
    while abs(safe - broken) > 1:
        middle = (safe + broken) // 2
        if _is_liquidated(contract, cash, lots, middle):
            broken = middle
        else:
            safe = middle
    return broken


def _is_liquidated(contract: PerpetualContract, cash: int, lots: int, mark2: int) -> bool:
    """Return whether equity is below maintenance at a mark."""
    equity = equity_micros(contract, cash, lots, mark2)
    return equity < maintenance_margin(contract, lots, mark2)


def _parts(contract: PerpetualContract, notional: int) -> list[tuple[int, int]]:
    """Return the part of a notional in each tier, and the tier's most leverage."""
    ends = [*(tier.from_micros for tier in contract.tiers[1:]), notional]
    return [
        (min(notional, end) - tier.from_micros, tier.leverage)
        for tier, end in zip(contract.tiers, ends, strict=True)
        if min(notional, end) > tier.from_micros
    ]
