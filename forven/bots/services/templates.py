"""Templates of bots: the four that are built in, and those that users save."""

from forven.bots.errors import InvalidField, NotFound, TemplateProtected
from forven.bots.services.builtin_templates import BUILTIN_TEMPLATES
from forven.bots.services.dependencies import Dependencies
from forven.bots.services.factory_fields import read_config
from forven.bots.services.fields import description_of, name_of, section_of
from forven.bots.services.spelling import Document, Documents
from forven.store.store import Tables
from forven.store.templates import Template

_FIELDS = ("name", "description", "config")


class Templates:
    """Lists, saves and deletes templates."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._store = dependencies.store
        self._new_id = dependencies.new_id

    def list(self) -> Documents:
        """Return all templates, those that are built in first, then by name."""
        with self._store.reading() as work:
            saved = work.templates.list()
        return [template_document(template) for template in (*BUILTIN_TEMPLATES, *saved)]

    def get(self, template_id: str) -> Document:
        """Return one; errors: NotFound."""
        with self._store.reading() as work:
            return template_document(template_found(work, template_id))

    def create(self, body: object) -> Document:
        """Save a template: a name and some fields of a config, each checked as for a bot."""
        section = section_of(body, _FIELDS)
        if not section.has("config"):
            raise InvalidField("config: expected an object of a bot's fields, found nothing")
        config = read_config(section.value("config"), "config")
        if config.get("template_id") is not None:
            raise InvalidField("config.template_id: expected none in a template; remove it")
        template = Template(
            id=self._new_id(),
            name=name_of(section),
            description=description_of(section),
            is_builtin=False,
            config=config,
        )
        with self._store.transaction() as work:
            work.templates.add(template)
        return template_document(template)

    def delete(self, template_id: str) -> Document:
        """Delete a saved template. errors: NotFound, TemplateProtected."""
        with self._store.transaction() as work:
            template = template_found(work, template_id)
            if template.is_builtin:
                raise TemplateProtected(
                    f"template {template.name!r}: expected a saved one, found one that is built in"
                )
            work.templates.delete(template.id)
        return {"status": "deleted", "template_id": template.id}


def template_found(work: Tables, template_id: str) -> Template:
    """Return a template, built in or saved; errors: NotFound."""
    built_in = {template.id: template for template in BUILTIN_TEMPLATES}
    found = built_in.get(template_id) or work.templates.get(template_id)
    if found is None:
        raise NotFound(f"template_id: expected a template, found none with {template_id[:64]!r}")
    return found


def template_document(template: Template) -> Document:
    """Return a template as readers get it."""
    return {
        "id": template.id,
        "name": template.name,
        "description": template.description,
        "is_builtin": template.is_builtin,
        "config": template.config,
    }
