"""What the legs of a strategy must be to each other, and what is certain about their price."""

from itertools import chain, combinations

from forven.strategies.legs import Leg
from forven.strategies.sections import refuse
from forven.strategies.timing import ExitRule

_FULL_PREMIUM_BPS = 10_000
_ABSOLUTE = -1


def check_legs(legs: tuple[Leg, ...]) -> None:
    """Refuse uncovered shorts and two legs that name one instrument."""
    for right in ("call", "put"):
        sold = contracts(legs, right, sold=True)
        bought = contracts(legs, right, sold=False)
        if sold > bought:
            first = next(i for i, leg in enumerate(legs) if leg.right == right and leg.is_sold)
            refuse(
                f"legs[{first}]",
                f"every sold {right} covered by a bought {right}",
                f"{sold} sold and {bought} bought (in lowest terms)",
                f"buy {sold - bought} more {right}{'s' * (sold - bought > 1)}; far out of the "
                "money is enough",
            )
    for early, late in combinations(range(len(legs)), 2):
        if legs[late].right == legs[early].right and _route(legs, late) == _route(legs, early):
            refuse(
                f"legs[{late}].strike",
                f"another {legs[late].right} than that of legs[{early}]",
                "the same strike",
                "change the value, or join the two legs",
            )


def check_exit(legs: tuple[Leg, ...], rule: ExitRule) -> None:
    """Refuse exits that these legs can never reach."""
    is_debit = is_certain_debit(legs)
    if rule.stop_bps is not None and rule.stop_bps > _FULL_PREMIUM_BPS and is_debit:
        refuse(
            "exit.stop_loss_pct",
            "at most 100, since these legs cost a debit and can lose no more than it",
            f"{rule.stop_bps / 100:g}",
            "lower it, or leave it out",
        )
    if rule.target_bps is not None and is_debit and has_unbounded_profit(legs):
        refuse(
            "exit.profit_target_pct",
            "none, since the maximum profit of these legs is unbounded",
            f"{rule.target_bps / 100:g}",
            "leave by exit.time or exit.stop_loss_pct, or sell a call farther out of the money",
        )


def contracts(legs: tuple[Leg, ...], right: str, *, sold: bool) -> int:
    """Return how many contracts of a right are sold, or bought, per order unit."""
    return sum(leg.ratio for leg in legs if leg.right == right and leg.is_sold == sold)


def has_unbounded_profit(legs: tuple[Leg, ...]) -> bool:
    """Return whether more calls are bought than sold."""
    return contracts(legs, "call", sold=False) > contracts(legs, "call", sold=True)


def is_certain_debit(legs: tuple[Leg, ...]) -> bool:
    """Return whether the legs cost money in every market without arbitrage.

    They do if each sold contract can be matched with a bought contract of its right that is
    certainly dearer: a lower call, a higher put. By Hall's theorem that matching exists if every
    set of sold legs has dearer bought legs of at least as many contracts. Legs with absolute
    strikes also do if their payoff at expiry is nowhere negative, as in a long butterfly.
    """
    sold = [index for index, leg in enumerate(legs) if leg.is_sold]
    bought = [index for index, leg in enumerate(legs) if not leg.is_sold]
    sets = chain.from_iterable(combinations(sold, size) for size in range(1, len(sold) + 1))
    is_matched = all(
        sum(legs[index].ratio for index in some)
        <= sum(
            legs[long].ratio
            for long in bought
            if any(_is_dearer(legs, long, short) for short in some)
        )
        for some in sets
    )
    return is_matched or _pays_everywhere(legs)


def _is_dearer(legs: tuple[Leg, ...], long: int, short: int) -> bool:
    """Return whether one leg is certainly worth more than another of its right."""
    if legs[long].right != legs[short].right:
        return False
    if legs[long].is_call:
        return _is_below(legs, long, short)
    return _is_below(legs, short, long)


def _is_below(legs: tuple[Leg, ...], low: int, high: int) -> bool:
    """Return whether one leg's strike is certainly below another's of its right.

    Both strikes are followed back to what they hang on. What starts below and then only goes down
    stays below what starts above and then only goes up, as long as strikes are listed closely
    enough for a step to reach one on its own side.
    """
    low_root, low_steps = _route(legs, low)
    high_root, high_steps = _route(legs, high)
    if low_root == high_root:
        while low_steps and high_steps and low_steps[0] == high_steps[0]:
            low_steps, high_steps = low_steps[1:], high_steps[1:]
        low_first, high_first = (steps[0] if steps else 0 for steps in (low_steps, high_steps))
        is_ordered = low_first < high_first
        low_steps, high_steps = low_steps[1:], high_steps[1:]
    else:
        is_ordered = _is_delta_below(legs, low_root, high_root)
    return is_ordered and all(s < 0 for s in low_steps) and all(s > 0 for s in high_steps)


def _route(legs: tuple[Leg, ...], index: int) -> tuple[int, list[int]]:
    """Return what a leg's strike hangs on, and the steps from there that move.

    It hangs on the leg of that index, or on nothing (`_ABSOLUTE`): then the first step is the
    absolute strike itself.
    """
    steps: list[int] = []
    while legs[index].method == "relative":
        if legs[index].value:
            steps.insert(0, legs[index].value)
        index = legs[index].anchor
    if legs[index].method == "strike":
        return _ABSOLUTE, [legs[index].value, *steps]
    return index, steps


def _is_delta_below(legs: tuple[Leg, ...], low: int, high: int) -> bool:
    """Return whether two legs are chosen by deltas of one right that stand in that order.

    The delta of calls falls with the strike, that of puts rises.
    """
    if _ABSOLUTE in (low, high) or legs[low].right != legs[high].right:
        return False
    if legs[low].method != "delta" or legs[high].method != "delta":
        return False
    if legs[low].is_call:
        return legs[low].value > legs[high].value
    return legs[low].value < legs[high].value


def _pays_everywhere(legs: tuple[Leg, ...]) -> bool:
    """Return whether all strikes are absolute and no settlement makes the payoff negative."""
    if any(leg.method != "strike" for leg in legs):
        return False
    # The payoff is straight between strikes; above the highest it cannot fall, shorts are covered.
    return all(_payoff(legs, value) >= 0 for value in [0, *(leg.value for leg in legs)])


def _payoff(legs: tuple[Leg, ...], settlement: int) -> int:
    """Return what legs with absolute strikes pay at a settlement value, in quanta per unit."""
    total = 0
    for leg in legs:
        distance = settlement - leg.value if leg.is_call else leg.value - settlement
        total += (-leg.ratio if leg.is_sold else leg.ratio) * max(0, distance)
    return total
