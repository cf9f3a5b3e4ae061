"""Routes of bot versions, templates and prefilled configurations; operator routes."""

from api.operations import OPERATOR, Call, Operation, RouteTable
from api.parameters import identifier, text, whole_in_path
from api.replies import Reply
from api.routes.factory import BOT, BOT_ID, ROOT

TABLE = RouteTable("bot-factory")
_STRATEGY_ID = identifier("strategy_id", "The strategy link.")
_TEMPLATE_ID = text("template_id", "The template.", "[A-Za-z0-9_-]{1,64}", "iron-condor")
_VERSION_MAX = 2**31 - 1


@TABLE.route(
    "GET",
    BOT + "/versions",
    Operation(
        summary="List a bot's versions",
        about="Newest first.",
        parameters=(BOT_ID,),
        answers={200: "FactoryVersions"},
        errors=("not_found",),
        access=OPERATOR,
    ),
)
def list_versions(call: Call) -> Reply:
    """List them."""
    return Reply(200, call.backend.services.factory.versions(call.values["bot_id"]))


@TABLE.route(
    "GET",
    BOT + "/versions/{first}/diff/{second}",
    Operation(
        summary="Compare two versions of a bot",
        parameters=(
            BOT_ID,
            whole_in_path("first", "The version to compare from.", 1, _VERSION_MAX),
            whole_in_path("second", "The version to compare with.", 1, _VERSION_MAX),
        ),
        answers={200: "FactoryDiff"},
        errors=("not_found",),
        access=OPERATOR,
    ),
)
def diff_versions(call: Call) -> Reply:
    """Compare them."""
    values = call.values
    diff = call.backend.services.factory.diff
    return Reply(200, diff(values["bot_id"], str(values["first"]), str(values["second"])))


@TABLE.route(
    "GET",
    ROOT + "/templates",
    Operation(
        summary="List the templates",
        about="Built-in ones first.",
        answers={200: "Templates"},
        access=OPERATOR,
    ),
)
def list_templates(call: Call) -> Reply:
    """List them."""
    return Reply(200, call.backend.services.templates.list())


@TABLE.route(
    "POST",
    ROOT + "/templates",
    Operation(
        summary="Save a template",
        body="CreateTemplate",
        answers={201: "Template"},
        errors=("invalid_reprice", "invalid_strategy_id"),
        access=OPERATOR,
        is_idempotent=True,
        location=ROOT + "/templates/{id}",
    ),
)
def create_template(call: Call) -> Reply:
    """Save one."""
    return Reply(201, call.backend.services.templates.create(call.body))


@TABLE.route(
    "GET",
    ROOT + "/templates/{template_id}",
    Operation(
        summary="Read a template",
        parameters=(_TEMPLATE_ID,),
        answers={200: "Template"},
        errors=("not_found",),
        access=OPERATOR,
    ),
)
def read_template(call: Call) -> Reply:
    """Read one."""
    return Reply(200, call.backend.services.templates.get(call.values["template_id"]))


@TABLE.route(
    "DELETE",
    ROOT + "/templates/{template_id}",
    Operation(
        summary="Delete a template",
        parameters=(_TEMPLATE_ID,),
        answers={200: "TemplateDeleted"},
        errors=("not_found", "template_is_builtin"),
        access=OPERATOR,
    ),
)
def delete_template(call: Call) -> Reply:
    """Delete one."""
    return Reply(200, call.backend.services.templates.delete(call.values["template_id"]))


@TABLE.route(
    "GET",
    ROOT + "/from-strategy/{strategy_id}",
    Operation(
        summary="Prefill a bot's configuration from a strategy",
        parameters=(_STRATEGY_ID,),
        answers={200: "FactoryFromStrategy"},
        errors=("strategy_not_found_or_not_owned",),
        access=OPERATOR,
    ),
)
def prefill_config(call: Call) -> Reply:
    """Prefill one."""
    return Reply(200, call.backend.services.factory.from_strategy(call.values["strategy_id"]))
