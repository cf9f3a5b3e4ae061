"""The grid of order prices: docs/PERPETUALS.md section 2."""

from forven.kernels.perpetual_schema import PRICE_MAX
from tests.reference.perpetual.stream import Contract


def tick(price: int, contract: Contract) -> int:
    """Section 2: `min(10^max(0, d - FIGURES), WHOLE)` for d digits; tick(0) = tick(1)."""
    if contract.figures == 0:
        return contract.tick
    digits = len(str(max(1, price)))
    return min(10 ** max(0, digits - contract.figures), contract.whole)


def is_on_grid(price: int, contract: Contract) -> bool:
    """Section 5: within 1 to `PRICE_MAX` and a multiple of its tick."""
    return 1 <= price <= PRICE_MAX and price % tick(price, contract) == 0


def snap_down(signed: int, contract: Contract) -> int:
    step = tick(abs(signed), contract)
    return signed // step * step


def snap_up(signed: int, contract: Contract) -> int:
    step = tick(abs(signed), contract)
    return -(-signed // step) * step
