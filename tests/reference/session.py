"""The session oracle: one bot on one day, frame by frame, as docs/ENGINE.md section 5 says.

Slow and plain on purpose: it is read beside the page and judges the kernels. It never looks at
them; it shares with them the names of columns and codes alone.
"""

from forven.kernels import schema
from tests.reference import orders, repricing, risk, strategy
from tests.reference.account import Account
from tests.reference.journal import Journal
from tests.reference.orders import Order, Ticket
from tests.reference.prices import Leg, is_on_grid
from tests.reference.world import Command, Day, Plan, Quote, command_of

_ENDS_AT_CLOSE = {
    schema.STATUS_RUNNING: schema.STATUS_COMPLETED,
    schema.STATUS_STOPPING: schema.STATUS_KILLED,
    schema.STATUS_HALTING: schema.STATUS_HALTED,
    schema.STATUS_UNSELLABLE: schema.STATUS_HALTED,
    schema.STATUS_FAILING: schema.STATUS_FAILED,
    schema.STATUS_FAILED_UNSELLABLE: schema.STATUS_FAILED,
}


class Session:
    """State of one session; `journal.rows` and `financials` are what it has said so far."""

    def __init__(self, bot: int, day: Day, plan: Plan, commands: list[Command], cash: int) -> None:
        self.day, self.plan, self.commands = day, plan, commands
        self.account = Account(cash)
        self.journal = Journal(bot)
        self.financials: list[tuple[int, ...]] = []
        self.status = schema.STATUS_RUNNING
        self.frame = 0
        self.pending: list[Order] = []  # oldest first
        self.structures: list[strategy.Structure] = []
        self.next_order = 1
        self.command_cursor = 0
        self.errors = self.paused = self.entries_used = 0
        self.times_taken: set[int] = set()

    @property
    def now(self) -> int:
        return self.day.ts[self.frame]

    @property
    def has_ended(self) -> bool:
        return self.status >= schema.STATUS_ENDED

    @property
    def is_stale(self) -> bool:
        """Step 2: "stale if arrival - ts > staleness"."""
        return self.day.arrival[self.frame] - self.now > self.plan.staleness_ns

    def quote(self, instrument: int) -> Quote:
        """The instrument's quote in the present frame."""
        return self.day.quote(instrument, self.frame)

    def write(self, kind: int, *cells: int, order: int = schema.MISSING) -> None:
        self.journal.write(self.now, kind, *cells, order=order)

    def order_ended(self, order: Order, net: int = 0) -> None:
        """Tell the structure of an order that it is no longer pending."""
        if order.structure is not None:
            strategy.order_ended(self, order, net)

    def advance(self, frame_to: int) -> None:
        """Take frames up to `frame_to`; an ended session takes none."""
        while self.frame < frame_to and not self.has_ended:
            if self.now >= self.day.close:
                self.take_close()
            else:
                self.take_frame()
            self.frame += 1

    def take_frame(self) -> None:
        """Steps 1 to 7."""
        while self.command_cursor < len(self.commands):
            command = self.commands[self.command_cursor]
            if command.due > self.now:
                break
            self.command_cursor += 1
            self.obey(command)
        if not self.is_stale:
            for order in list(self.pending):
                orders.match(self, order)
            for order in list(self.pending):
                repricing.reprice(self, order)
        self.mark()
        risk.supervise(self)
        if self.status == schema.STATUS_RUNNING:
            strategy.act(self)

    def obey(self, command: Command) -> None:
        """Step 1: one command."""
        if command.kind == schema.COMMAND_ERROR:
            self.errors += 1
            self.write(schema.EVENT_STRATEGY_ERROR, self.errors)
        elif self.status != schema.STATUS_RUNNING:
            self.refuse(command, schema.REASON_NOT_RUNNING)
        elif command.kind == schema.COMMAND_PLACE:
            legs = [Leg(*leg) for leg in command.legs]
            ticket = Ticket(
                command.type,
                command.price,
                command.quantity,
                legs,
                command.leg_count,
                schema.ORIGIN_COMMAND,
                command.repriced,
            )
            orders.arrive(self, ticket)
        elif command.kind == schema.COMMAND_CANCEL_ALL:
            orders.cancel_all(self, schema.REASON_USER)
        elif command.kind == schema.COMMAND_STOP:
            orders.cancel_all(self, schema.REASON_STOP)
            self.write(schema.EVENT_STOPPED)
            self.status = schema.STATUS_STOPPING
        else:
            self.change_order(command)

    def change_order(self, command: Command) -> None:
        """Step 1: `CANCEL` or `REPLACE` of one order."""
        order = next((one for one in self.pending if one.id == command.order), None)
        if order is None:
            self.refuse(command, schema.REASON_NO_SUCH_ORDER)
        elif command.kind == schema.COMMAND_CANCEL:
            orders.cancel(self, order, schema.REASON_USER)
        elif order.kind != schema.ORDER_LIMIT:
            self.refuse(command, schema.REASON_NOT_A_LIMIT)
        elif not is_on_grid(command.price, len(order.legs)):
            self.refuse(command, schema.REASON_OFF_GRID)
        else:
            self.replace(order, command)

    def replace(self, order: Order, command: Command) -> None:
        """Take a replacement as a new intent; without buying power the old order stays."""
        old, order.price = order.price, command.price
        if order.opens and orders.projection(self, self.pending) < 0:
            order.price = old
            self.refuse(command, schema.REASON_BUYING_POWER)
            return
        seen = orders.measured(self, order)
        order.start_over(command.price, self.now, seen)
        cells = (old, order.price, 0, seen.mid if seen else 0, order.price, schema.REASON_USER)
        self.write(schema.EVENT_ORDER_REPLACED, *cells, order=order.id)

    def refuse(self, command: Command, reason: int) -> None:
        """Journal a refusal; its order is "the target, or -1"."""
        has_target = command.kind in (schema.COMMAND_CANCEL, schema.COMMAND_REPLACE)
        order = command.order if has_target else schema.MISSING
        self.write(schema.EVENT_COMMAND_REFUSED, command.kind, reason, order=order)

    def mark(self) -> None:
        """Step 5: net liquidation value = cash + sum(quantity x mark x multiplier / 2)."""
        nlv = self.account.cash
        for instrument, quantity in self.account.positions().items():
            mark2 = self.day.mark2(instrument, self.frame)
            nlv += quantity * mark2 * self.day.multiplier // 2
        self.account.mark(nlv)
        self.record()

    def record(self) -> None:
        """Write the frame's financials row."""
        account = self.account
        margin = orders.margin_of(self, account.positions())
        drawdown = account.peak - account.nlv
        row = (self.now, account.cash, account.nlv, drawdown, margin, len(self.pending))
        self.financials.append(row)

    def take_close(self) -> None:
        """Step 8: expire, and settle once the value is known."""
        for order in list(self.pending):
            orders.expire(self, order)
        value = self.day.settlement
        if value == schema.MISSING:
            return
        account = self.account
        for instrument, quantity in account.positions().items():
            intrinsic = self.day.instruments[instrument].intrinsic(value)
            cash = quantity * intrinsic * self.day.multiplier
            fee = self.plan.fee_settlement if intrinsic > 0 else 0
            account.pay(cash - fee, fee, 0)
            cells = (instrument, quantity, intrinsic, cash, fee)
            self.write(schema.EVENT_SETTLED, *cells)
        account.holdings.clear()
        self.end(_ENDS_AT_CLOSE[self.status])

    def end(self, status: int) -> None:
        """One last financials row with net liquidation value = cash, then `SESSION_ENDED`."""
        account = self.account
        account.mark(account.cash)
        self.record()
        self.status = status
        cells = (account.cash, account.max_drawdown, account.fees, account.slippage, account.fills)
        self.write(schema.EVENT_SESSION_ENDED, status, *cells)


def sessions_of(world) -> list[Session]:
    """Return one fresh session for each row of a world's plans."""
    day = Day(world.quotes, world.clock, world.instruments, world.session)
    commands = [command_of(row) for row in world.commands]
    sessions = []
    for bot, row in enumerate(world.plans):
        plan = Plan(row)
        own = commands[plan.command_from : plan.command_from + plan.command_count]
        sessions.append(Session(bot, day, plan, own, int(world.opening_cash[bot])))
    return sessions
