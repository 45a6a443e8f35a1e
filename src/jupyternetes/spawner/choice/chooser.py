"""A spawner's part in choosing: what JupyterHub calls for a form, for a link, and when a start begins.

https://jupyterhub.readthedocs.io/en/stable/reference/spawners.html#spawner-options-form
"""

# JupyterHub has no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from tornado.web import HTTPError

from jupyternetes.api import reasons
from jupyternetes.options.build_form import build_form, needs_form
from jupyternetes.options.choose import Chosen, Refused, choose
from jupyternetes.options.form import Form, given
from jupyternetes.options.given import Malformed, Options, read_options, recalled_options
from jupyternetes.options.offer import Offer
from jupyternetes.options.page import draw
from jupyternetes.options.recall import recall, start_with
from jupyternetes.options.sent import form_options, link_options
from jupyternetes.spawner.choice import draft
from jupyternetes.spawner.choice.draft import Draft
from jupyternetes.spawner.hub.form_files import form_files
from jupyternetes.spawner.hub.refusals import refusal

FROM_A_LINK: Final = "These choices came with a link: look at them, and press Start."
Sent = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a start is going to start. ``site``: namespace and name of the Template that the traits named then."""

    chosen: Chosen
    site: tuple[str, str]


class Chooser:
    """Chooses for one server. ``offers`` gives what is open to its owner at that moment: all, or that of one key."""

    def __init__(self, spawner: Any, offers: Callable[[str], AsyncGenerator[Offer]]) -> None:
        self._spawner = spawner
        self._offers = offers
        self._decision: Decision | None = None

    async def form(self) -> Form | None:
        """What is to be shown; None if there is nothing to choose."""
        offers = [each async for each in self._offers("")]
        typed, now = draft.current(), datetime.now(UTC)
        if typed is not None:
            notices = (typed.notice,) if typed.notice else ()
            return build_form(offers, typed.options, refused=typed.refused, notices=notices, now=now)
        if not needs_form(offers):
            return None
        last = recall(offers, self._spawner.orm_spawner.user_options)
        return build_form(offers, last.options, notices=last.notices, now=now)

    async def page(self, _spawner: object) -> str:
        """As JupyterHub's ``options_form``."""
        form, spawner = await self.form(), self._spawner
        if form is None:
            return ""
        files = form_files(spawner.hub.base_url, spawner.handler)
        return draw(form, lang=spawner.templates_language, script=files.script, stylesheet=files.stylesheet)

    def from_form(self, sent: Sent) -> Coroutine[Any, Any, dict[str, object]]:
        """The options that a form brings. Raises a refusal, and the form comes again with what was typed."""
        return self._from_browser(draft.begin(), given(sent)[0], lambda offers: form_options(offers, sent))

    def from_link(self, query: Sent) -> Coroutine[Any, Any, dict[str, object]]:
        """The options that a link brings. Raises, so that the form comes, filled, unless links may start servers."""
        notice = "" if self._spawner.start_from_link else FROM_A_LINK
        options = link_options(query)
        return self._from_browser(draft.begin(), options.template, lambda _: options, notice)

    async def _from_browser(
        self, place: list[Draft], key: str, read: Callable[[list[Offer]], Options], notice: str = ""
    ) -> dict[str, object]:
        offers = await self._enough(key)
        options = read(offers)
        outcome = choose(offers, options, form=True)
        refused = outcome if isinstance(outcome, Refused) else None
        place.append(Draft(options, refused, notice))
        if notice:
            raise _shown_only(notice)
        if isinstance(outcome, Refused):
            raise _refusal(outcome.message)
        kept = {name: text for name, text in options.variables.items() if name in outcome.variables}
        return Options(outcome.offer.key, kept).canonical()

    async def apply(self, _spawner: object, options: object) -> None:
        """As JupyterHub's ``apply_user_options``."""
        await self.decide(options)

    async def decide(self, options: object) -> None:
        """Decide what to start, with `options` that somebody just gave, or that were stored. Raises a refusal."""
        if self._were_given(options):
            try:
                given_now = read_options(options)
            except Malformed as malformed:
                raise _refusal(str(malformed)) from malformed
            outcome = choose(await self._enough(given_now.template), given_now)
        else:
            outcome = start_with(await self._enough(recalled_options(options).template), options)
        if isinstance(outcome, Refused):
            raise _refusal(outcome.message)
        self._decision = Decision(outcome, self._site())

    async def decision(self) -> Chosen | None:
        """What was decided for the start that begins; None where a hook named another Template since."""
        if self._decision is None:  # the site has an apply_user_options of its own
            await self.decide(self._spawner.user_options)
        decision = self._decision
        return decision.chosen if decision is not None and decision.site == self._site() else None

    def forget(self) -> None:
        """Another start begins."""
        self._decision = None

    async def _enough(self, key: str) -> list[Offer]:
        """Of the offers as many as it takes to judge options with this key: that one if it is open, or all."""
        if not key:
            async with aclosing(self._offers("")) as offers:
                async for first in offers:
                    return [first]
        found = [each async for each in self._offers(key)] if "/" in key else []
        return found or [each async for each in self._offers("")]

    def _site(self) -> tuple[str, str]:
        return self._spawner.template_namespace, self._spawner.template_name

    def _were_given(self, options: object) -> bool:
        """Whether the request that starts the server brought the options; JupyterHub says only which they are."""
        if draft.current() is not None:
            return True
        handler = self._spawner.handler
        if handler is None or handler.request.method != "POST" or not hasattr(handler, "get_json_body"):
            return False
        body = handler.get_json_body()
        return bool(body) and options in (body, body.get("user_options") if isinstance(body, dict) else None)


def _refusal(message: str) -> HTTPError:
    return refusal(reasons.OPTIONS, message)


def _shown_only(notice: str) -> HTTPError:
    """Ends a request that would start a server, so that JupyterHub shows the form: nothing went wrong.

    The form says the rest itself: JupyterHub's page would put "Error" before it.
    """
    error = HTTPError(200, notice)
    vars(error)["jupyterhub_message"] = ""
    vars(error)["jupyterhub_html_message"] = notice
    return error
