"""A model of the catalog and what can be asked of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Self

from pydantic import PrivateAttr, model_validator

from sorceress_video.catalog import inputs as inputs_
from sorceress_video.catalog import length, prices, values, wire
from sorceress_video.catalog.errors import NoRoute
from sorceress_video.catalog.length import OutputShape, Timed
from sorceress_video.catalog.prices import Price
from sorceress_video.catalog.schema import ModelData, PromptSpec, Route, Setting, merged_settings
from sorceress_video.catalog.terms import InputRole, Mode, SettingValue, among
from sorceress_video.catalog.values import SettingView

Roles = Collection[InputRole]
Values = Mapping[str, SettingValue]


class ModelSpec(ModelData):
    """One model: its data, and the rules that read it.

    ``roles`` is always the set of input roles that have a file; ``values`` the settings by product
    name. :meth:`checked` is strict and serves requests; :meth:`choices`, :meth:`price`,
    :meth:`summary_line` and :meth:`output_shape` serve the screen and replace stale values by defaults.
    """

    _by_route: tuple[tuple[Setting, ...], ...] = PrivateAttr(default=())

    @model_validator(mode="after")
    def _apply_overrides(self) -> Self:
        self._by_route = tuple(merged_settings(self, route) for route in self.routes)
        return self

    # --- parts

    @property
    def modes(self) -> tuple[Mode, ...]:
        """Every mode that the model has a route for, in the order of the tabs."""
        present = {route.mode for route in self.routes}
        return tuple(mode for mode in Mode if mode in present)

    def find_setting(self, name: str) -> Setting | None:
        """The setting with this product name, if the model has it."""
        return next((setting for setting in self.settings if setting.name == name), None)

    def setting(self, name: str) -> Setting:
        """The setting with this product name; ``KeyError`` if the model lacks it."""
        found = self.find_setting(name)
        if found is None:
            raise KeyError(name)
        return found

    def settings_in(self, route: Route) -> tuple[Setting, ...]:
        """The settings that apply in one route, in its order, as they are there."""
        for known, settings in zip(self.routes, self._by_route, strict=True):
            if known is route:
                return settings
        return merged_settings(self, route)

    def setting_in(self, route: Route, name: str) -> Setting:
        """A setting as it is in one route; ``KeyError`` if it does not apply there."""
        for setting in self.settings_in(route):
            if setting.name == name:
                return setting
        raise KeyError(name)

    def accepts(self, mode: Mode) -> frozenset[InputRole]:
        """Every role that some route of the mode takes."""
        return frozenset().union(*(route.roles for route in self.routes if route.mode is mode))

    def requires(self, mode: Mode) -> frozenset[InputRole]:
        """The roles without which no route of the mode can run."""
        sets = [route.required_roles for route in self.routes if route.mode is mode]
        return frozenset.intersection(*sets) if sets else frozenset()

    def prompt_in(self, route: Route) -> PromptSpec:
        """The prompt's rules in one route."""
        return route.prompt or self.prompt

    # --- the way to an endpoint

    def route(self, mode: Mode, roles: Roles = frozenset(), values: Values | None = None) -> Route:
        """The most specific route for a mode, the given inputs and the chosen variant.

        A required input that is still missing does not prevent an answer: the panel asks before the
        person has added the start frame.

        Raises:
            NoRoute: no route of the mode takes these inputs or this variant.
        """
        wanted = frozenset(roles)
        of_mode = [route for route in self.routes if route.mode is mode]
        if not of_mode:
            raise NoRoute(f"{self.name} does not do {mode.label}.")
        taking = [route for route in of_mode if wanted <= route.roles]
        if not taking:
            foreign = sorted(role.with_article for role in wanted - self.accepts(mode))
            what = " or ".join(foreign) or "these inputs together"
            raise NoRoute(f"{self.name} does not take {what} in {mode.label}.")
        chosen = self._variant(values or {})
        matching = [
            route
            for route in taking
            if all(among(chosen.get(name), allowed) for name, allowed in route.variant.items())
        ]
        if not matching:
            raise NoRoute(f"{self.name} does not do {mode.label} in this variant.")
        return min(matching, key=lambda route: _distance(route, wanted))

    def _variant(self, given: Values) -> dict[str, SettingValue]:
        names = {name for route in self.routes for name in route.variant}
        chosen: dict[str, SettingValue] = {}
        for name in names:
            setting = self.setting(name)
            value = given.get(name)
            known = among(value, [option.value for option in setting.options])
            chosen[name] = value if known else setting.default
        return chosen

    # --- settings

    def defaults(self, mode: Mode, roles: Roles = frozenset()) -> dict[str, SettingValue]:
        """Every setting of the route at its default; ``None`` where it is left out unless set."""
        return values.defaults(self, self.route(mode, roles))

    def choices(self, mode: Mode, roles: Roles, given: Values) -> tuple[SettingView, ...]:
        """The settings that the panel shows; what cannot be had together is disabled with the reason."""
        return values.choices(self, self.route(mode, roles, given), roles, given)

    def checked(self, mode: Mode, roles: Roles, given: Values) -> dict[str, SettingValue]:
        """Complete, validated settings of a request.

        Raises:
            SettingRefused: an unknown name or a value that the model does not take.
            NoRoute: the mode, inputs or variant are not served.
        """
        return values.checked(self, self.route(mode, roles, given), roles, given)

    def fitted(self, mode: Mode, roles: Roles, given: Values) -> dict[str, SettingValue]:
        """Complete settings for this mode and these inputs; a stored value that does not fit gives way."""
        return values.fitted(self, self.route(mode, roles, given), roles, given)

    def repaired(self, given: Values) -> dict[str, SettingValue]:
        """Stored settings without what the model no longer has in any mode."""
        return values.repaired(self, given)

    # --- what comes of it

    def summary_line(self, mode: Mode, roles: Roles, given: Values) -> str:
        """The settings in force in one line: “1080p · 8 s · 16:9 · audio”."""
        route = self.route(mode, roles, given)
        fitted = values.fitted(self, route, roles, given)
        shape = length.output_shape(self, route, fitted, ())
        parts = [shape.resolution, _length_words(route, fitted, shape), _aspect_words(fitted, shape)]
        fixed_audio = (route.fixed and route.fixed.audio) or self.fixed.audio
        if fitted.get("audio") is True or fixed_audio:
            parts.append("audio")
        return " · ".join(part for part in parts if part)

    def output_shape(
        self, mode: Mode, roles: Roles, given: Values, inputs: Sequence[Timed] = ()
    ) -> OutputShape:
        """Resolution, aspect ratio, seconds and size of the clip as far as they are known now."""
        route = self.route(mode, roles, given)
        return length.output_shape(self, route, values.fitted(self, route, roles, given), inputs)

    def price(self, mode: Mode, roles: Roles, given: Values, inputs: Sequence[Timed] = ()) -> Price:
        """What one clip costs with these settings and inputs."""
        route = self.route(mode, roles, given)
        return prices.price(self, route, roles, values.fitted(self, route, roles, given), inputs)

    def input_problem(
        self,
        role: InputRole,
        facts: inputs_.MediaFacts,
        *,
        mode: Mode | None = None,
        given: Values | None = None,
    ) -> str | None:
        """Why this file cannot have this role, in one sentence; ``None`` when some route takes it.

        Without ``mode`` every mode of the model is considered.
        """
        first: str | None = None
        for route in self.routes:
            spec = route.input(role)
            if spec is None or mode not in (None, route.mode):
                continue
            narrow = inputs_.narrowed(route, spec, (role,), given or {})
            problem = inputs_.file_problem(self.name, narrow, facts)
            if problem is None:
                return None
            first = first or problem.sentence
        if first is None:
            where = f" in {mode.label}" if mode else ""
            return f"{self.name} does not take {role.with_article}{where}."
        return first

    def request_body(
        self,
        mode: Mode,
        roles: Roles,
        settings: Values,
        prompt: str,
        media: Mapping[InputRole, Sequence[str]],
    ) -> dict[str, object]:
        """The JSON body for the provider; ``media`` holds the addresses of the files by role, in order."""
        route = self.route(mode, roles, settings)
        return wire.request_body(self, route, settings, prompt, media)


def _distance(route: Route, wanted: frozenset[InputRole]) -> tuple[int, int, int]:
    """How badly a route fits: inputs missing, inputs unused, then how general it is."""
    return len(route.required_roles - wanted), len(route.roles - wanted), -len(route.variant)


def _length_words(route: Route, fitted: Values, shape: OutputShape) -> str:
    if shape.seconds is not None:
        return f"{shape.seconds:g} s"
    if "duration" in fitted:
        return "auto length"
    return "length of the motion" if route.mode is Mode.MOTION else ""


def _aspect_words(fitted: Values, shape: OutputShape) -> str:
    if shape.aspect is not None:
        return shape.aspect
    return "auto ratio" if fitted.get("aspect_ratio") == "auto" else ""
