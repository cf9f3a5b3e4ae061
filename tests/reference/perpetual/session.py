"""The session oracle: one bot on one stream, frame by frame, as docs/PERPETUALS.md says.

Slow and plain on purpose: it is read beside the page and judges the kernels. It never looks at
them; it shares with them the names of columns and codes alone.
"""

from forven.kernels import perpetual_schema as columns
from forven.kernels import schema
from tests.reference.journal import Journal
from tests.reference.perpetual import commands as desk
from tests.reference.perpetual import landing, matching, quoter, repricing, risk
from tests.reference.perpetual.account import Account, initial_margin, notional_of
from tests.reference.perpetual.orders import Order, expire_all
from tests.reference.perpetual.plan import Command, Plan
from tests.reference.perpetual.stream import BEFORE_THE_FIRST, BUY, SELL, Frame, Stream

_ENDS = {
    schema.STATUS_RUNNING: schema.STATUS_COMPLETED,
    schema.STATUS_STOPPING: schema.STATUS_KILLED,
    schema.STATUS_HALTING: schema.STATUS_HALTED,
}


class Session:
    """State of one session; `journal.rows` is what it has said so far."""

    def __init__(
        self, bot: int, stream: Stream, plan: Plan, commands: list[Command], account: Account
    ) -> None:
        self.stream, self.plan, self.commands = stream, plan, commands
        self.account = account
        self.journal = Journal(bot)
        self.status = schema.STATUS_RUNNING
        self.frame = 0
        self.rows: list[Order] = []  # in the order in which they were made
        self.next_order = 1
        self.command_cursor = self.funding_cursor = 0
        self.replaces = self.replace_hash = 0
        self.taken = {BUY: 0, SELL: 0}  # by the side that displays it: buys rest on the bid
        self.liquidated_ts = schema.MISSING
        self.retry = {BUY: 0, SELL: 0}

    @property
    def seen(self) -> Frame:
        """The present frame."""
        return self.stream.frames[self.frame]

    @property
    def standing(self) -> Frame:
        """Section 1: the book of the frame before this one."""
        return self.stream.frames[self.frame - 1] if self.frame else BEFORE_THE_FIRST

    @property
    def now(self) -> int:
        return self.seen.ts

    @property
    def is_open(self) -> bool:
        """Section 1: neither blocked nor stale."""
        is_stale = self.seen.arrival - self.now > self.plan.staleness_ns
        return not self.seen.is_blocked and not is_stale

    @property
    def landing_ts(self) -> int:
        """When what is decided in this frame lands."""
        return self.seen.arrival + self.plan.feed_latency_ns + self.plan.order_latency_ns

    @property
    def is_touch(self) -> bool:
        return self.plan.fill_model == columns.FILL_TOUCH

    @property
    def has_ended(self) -> bool:
        return self.status in (
            schema.STATUS_COMPLETED,
            schema.STATUS_HALTED,
            schema.STATUS_KILLED,
            schema.STATUS_FAILED,
            columns.STATUS_LIQUIDATED,
        )

    def landed(self) -> list[Order]:
        """The landed orders in row order, as a list of its own."""
        return [order for order in self.rows if order.is_landed]

    def initial_margin(self, lots: int, mark2: int) -> int:
        notional = notional_of(lots, mark2, self.stream.contract)
        return initial_margin(notional, self.stream.tiers, self.plan.leverage)

    def write(self, kind: int, *cells: int, order: int = schema.MISSING) -> None:
        self.journal.write(self.now, kind, *cells, order=order)

    def advance(self, frame_to: int) -> None:
        """Take frames up to `frame_to`; an ended session takes none."""
        while self.frame < frame_to and not self.has_ended:
            self.take_frame()
            self.frame += 1

    def take_frame(self) -> None:
        """Section 4: the steps of one frame."""
        self.pay_fundings()
        if self.now >= self.stream.contract.end:
            expire_all(self)
            self.mark()
            self.end(_ENDS[self.status])
            return
        landing.land_flights(self)
        self.take_commands()
        self.forget_taken()
        if self.is_open:
            matching.match(self)
            for order in list(self.rows):
                repricing.reprice(self, order)
        self.mark()
        risk.supervise(self)
        if self.is_open and self.status == schema.STATUS_RUNNING:
            quoter.quote(self)

    def pay_fundings(self) -> None:
        """Step 0: rows with `OPEN` < ts <= min(now, `END`), in order."""
        contract = self.stream.contract
        while self.funding_cursor < len(self.stream.fundings):
            funding = self.stream.fundings[self.funding_cursor]
            if funding.ts > min(self.now, contract.end):
                break
            self.funding_cursor += 1
            if funding.ts > contract.open and self.account.position != 0:
                position = self.account.position
                paid = self.account.pay_funding(funding)
                cells = (funding.rate, funding.oracle, position, paid, self.account.cash)
                self.write(columns.EVENT_FUNDING, *cells)

    def take_commands(self) -> None:
        """Step 2: commands that have arrived, in order."""
        while self.command_cursor < len(self.commands):
            command = self.commands[self.command_cursor]
            if command.due + self.plan.order_latency_ns > self.now:
                break
            self.command_cursor += 1
            desk.obey(self, command)

    def forget_taken(self) -> None:
        """Step 3: a side that differs from the standing one displays new lots."""
        for side in (BUY, SELL):
            if self.seen.best(side) != self.standing.best(side):
                self.taken[side] = 0

    def mark(self) -> None:
        """Step 6: equity, peak and drawdown, if the mark is known."""
        if self.seen.has_mark:
            self.account.take_equity(self.account.equity_at(self.seen.mark2))

    def count_requote(self, order: Order) -> None:
        """Section 5: hash = (hash xor v) x `HASH_PRIME` of ts, id and price, wrapping."""
        self.replaces += 1
        for cell in (self.now, order.id, order.price):
            product = (self.replace_hash ^ cell) * columns.HASH_PRIME
            self.replace_hash = (product + 2**63) % 2**64 - 2**63

    def end(self, status: int) -> None:
        """Section 8: an end cancels nothing more and writes `SESSION_ENDED`."""
        account = self.account
        self.status = status
        cells = (account.max_drawdown, account.fees, account.funding, account.fills)
        self.write(schema.EVENT_SESSION_ENDED, status, account.equity, *cells)


def sessions_of(world) -> list[Session]:
    """Return one fresh session for each row of a world's plans."""
    stream = Stream(world.book, world.prints, world.fundings, world.tiers, world.contract)
    commands = [Command(*row) for row in world.commands.tolist()]
    sessions = []
    for bot, row in enumerate(world.plans):
        plan = Plan(row)
        own = commands[plan.command_from : plan.command_from + plan.command_count]
        sessions.append(Session(bot, stream, plan, own, account_of(world, bot)))
    return sessions


def account_of(world, bot: int) -> Account:
    """Return the account a bot opens with, a position carried from another session included."""
    account = Account(int(world.contract[columns.CONTRACT_VALUE]), int(world.equity[bot]))
    account.cash = int(world.cash[bot])
    account.position = int(world.positions[bot])
    account.cost = int(world.costs[bot])
    return account
