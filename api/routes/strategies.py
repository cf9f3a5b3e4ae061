"""Routes of saved strategies and their results."""

from api.backend import Backend, ResultsInterface
from api.operations import PUBLIC, Call, Operation, RouteTable
from api.parameters import identifier, text, trading_day
from api.replies import Reply
from forven.bots.errors import CodedError

TABLE = RouteTable("strategies")
LINK_ID = identifier("strategy_id", "The link.")
_HASH = text("source_hash", "SHA-256 of the program.", "[0-9a-f]{64}", "0" * 64)
_RESULT_ERRORS = ("not_found", "results_unavailable")
_PUBLIC = "Without a key: only where the link is public."


class ResultsUnavailable(CodedError):
    """No recorded sessions are configured that strategies could be run over."""

    code = "results_unavailable"


def results_of(backend: Backend) -> ResultsInterface:
    """Return what computes results, or refuse to have any."""
    if backend.results is None:
        raise ResultsUnavailable(
            "results: expected recorded sessions, found none; "
            "name a dataset by FORVEN_RESULTS_DATASET and start the server again"
        )
    return backend.results


@TABLE.route(
    "GET",
    "/strategies",
    Operation(summary="List the saved strategies", answers={200: "Strategies"}),
)
def list_strategies(call: Call) -> Reply:
    """List them."""
    return Reply(200, call.backend.services.strategies.list())


@TABLE.route(
    "POST",
    "/strategies",
    Operation(
        summary="Save a strategy",
        about="Either `config` or `source`. What it trades is immutable and named by its hash: "
        "to change it, save another one.",
        body="CreateStrategy",
        answers={201: "Strategy"},
        is_idempotent=True,
        location="/strategies/{id}",
    ),
)
def create_strategy(call: Call) -> Reply:
    """Save one."""
    return Reply(201, call.backend.services.strategies.create(call.body))


@TABLE.route(
    "POST",
    "/strategies/preview",
    Operation(
        summary="Start a strategy's results without saving it",
        about="Results that are there already, or at work, are taken up.",
        body="PreviewStrategy",
        answers={200: "Preview"},
        errors=("too_many_active_backtests", "results_unavailable"),
        is_idempotent=True,
    ),
)
def preview_strategy(call: Call) -> Reply:
    """Start them."""
    preview = call.backend.services.strategies.preview(call.body)
    document = results_of(call.backend).start(preview["source_hash"])
    return Reply(200, {**document, **preview})


@TABLE.route(
    "GET",
    "/strategies/preview/{source_hash}/results",
    Operation(
        summary="Read a preview's results",
        parameters=(_HASH,),
        answers={200: "Results"},
        errors=_RESULT_ERRORS,
    ),
)
def read_preview_results(call: Call) -> Reply:
    """Read them."""
    return Reply(200, results_of(call.backend).document(call.values["source_hash"]))


@TABLE.route(
    "GET",
    "/strategies/{strategy_id}",
    Operation(
        summary="Read a saved strategy",
        about=_PUBLIC,
        parameters=(LINK_ID,),
        answers={200: "Strategy"},
        errors=("not_found",),
        access=PUBLIC,
    ),
)
def read_strategy(call: Call) -> Reply:
    """Read one."""
    read = call.backend.services.strategies.get
    return Reply(200, read(call.values["strategy_id"], is_public_reader=call.is_public_reader))


@TABLE.route(
    "PATCH",
    "/strategies/{strategy_id}",
    Operation(
        summary="Rename a saved strategy, or make it public or private",
        parameters=(LINK_ID,),
        body="PatchStrategy",
        answers={200: "Strategy"},
        errors=("not_found",),
    ),
)
def change_strategy(call: Call) -> Reply:
    """Change one."""
    patch = call.backend.services.strategies.patch
    return Reply(200, patch(call.values["strategy_id"], call.body))


@TABLE.route(
    "DELETE",
    "/strategies/{strategy_id}",
    Operation(
        summary="Unlink a saved strategy",
        about="Bots that pinned it keep it.",
        parameters=(LINK_ID,),
        answers={204: None},
        errors=("not_found",),
    ),
)
def delete_strategy(call: Call) -> Reply:
    """Unlink one."""
    call.backend.services.strategies.delete(call.values["strategy_id"])
    return Reply(204)


@TABLE.route(
    "POST",
    "/strategies/{strategy_id}/clone",
    Operation(
        summary="Save a further link to the same strategy",
        parameters=(LINK_ID,),
        body="CloneStrategy",
        answers={201: "Strategy"},
        errors=("not_found",),
        is_idempotent=True,
        location="/strategies/{id}",
    ),
)
def clone_strategy(call: Call) -> Reply:
    """Clone one."""
    clone = call.backend.services.strategies.clone
    return Reply(201, clone(call.values["strategy_id"], call.body))


@TABLE.route(
    "GET",
    "/strategies/{strategy_id}/results",
    Operation(
        summary="Read a saved strategy's results",
        about="As far as they are there; asking starts them where nothing was computed yet. They "
        f"are complete when `covered_days` equals `total_sessions`. {_PUBLIC}",
        parameters=(LINK_ID,),
        answers={200: "Results"},
        errors=(*_RESULT_ERRORS, "too_many_active_backtests"),
        access=PUBLIC,
    ),
)
def read_results(call: Call) -> Reply:
    """Read them; a reader without a key starts nothing."""
    source_hash = _source_hash(call)
    results = results_of(call.backend)
    if call.is_public_reader:
        return Reply(200, results.document(source_hash))
    return Reply(200, results.start(source_hash))


@TABLE.route(
    "GET",
    "/strategies/{strategy_id}/results/days/{date}",
    Operation(
        summary="Recompute one day of a saved strategy",
        about=_PUBLIC,
        parameters=(LINK_ID, trading_day("date", "A recorded session.")),
        answers={200: "ResultDayDetail"},
        errors=_RESULT_ERRORS,
        access=PUBLIC,
        is_computing=True,
    ),
)
def read_result_day(call: Call) -> Reply:
    """Recompute it."""
    source_hash = _source_hash(call)
    return Reply(200, results_of(call.backend).day(source_hash, call.values["date"]))


def _source_hash(call: Call) -> str:
    """Return the hash of the link asked for."""
    find = call.backend.services.strategies.source_hash
    return find(call.values["strategy_id"], is_public_reader=call.is_public_reader)
