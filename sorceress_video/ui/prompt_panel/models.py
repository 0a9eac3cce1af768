"""What the prompt panel shows: frozen shapes that travel to the browser. Sizes in pixels, money as text."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ModeTab:
    """One kind of generation; ``reason`` says why a tab is not usable."""

    mode: str
    label: str
    usable: bool
    selected: bool
    reason: str


@dataclass(frozen=True)
class CardLine:
    """The part of a model's card that follows settings, mode and frames."""

    selected: bool = False
    summary: str = ""
    price: str = ""
    price_note: str = ""


@dataclass(frozen=True)
class Frame:
    """A picture in a slot; ``size`` is “1920 × 1080”."""

    asset_id: str
    name: str
    url: str
    poster_url: str
    size: str


@dataclass(frozen=True)
class Slot:
    """A place for a picture. Without ``usable`` it says in ``reason`` which model does not take one."""

    role: str
    label: str
    optional: bool
    usable: bool
    reason: str
    frame: Frame | None


@dataclass(frozen=True)
class Note:
    """A remark on the inputs: ``tone`` is ``info``, or ``bad`` for what a model will not take."""

    text: str
    tone: str


@dataclass(frozen=True)
class BudgetBar:
    """The month's money beside the estimate; ``line`` is empty where no budget is set."""

    line: str = ""
    resets: str = ""
    share: str = "0%"
    """Part of the budget that is used, as a CSS width."""


@dataclass(frozen=True)
class PriceLine:
    """One model's part of the estimate."""

    model_id: str
    name: str
    price: str


@dataclass(frozen=True)
class MissingThing:
    """Something in the way, and the ``data-target`` on the page that mends it."""

    sentence: str
    target: str


@dataclass(frozen=True)
class ButtonFace:
    """What the button says and does: ``action`` is ``sign_in``, ``show`` or ``generate``."""

    label: str = ""
    short: str = ""
    action: str = "show"
    target: str = ""
    missing: list[MissingThing] = field(default_factory=list)


@dataclass(frozen=True)
class ButtonFaces:
    """The button in every case that only the browser can tell apart: typing and uploading ask no server."""

    filled: ButtonFace = ButtonFace()
    """Something is typed."""
    blank: ButtonFace = ButtonFace()
    """Nothing is typed."""
    filled_uploading: ButtonFace = ButtonFace()
    """As ``filled``, while a file is on its way."""
    blank_uploading: ButtonFace = ButtonFace()


@dataclass(frozen=True)
class Composition:
    """Everything on the page that follows models, settings, mode and frames."""

    mode: str
    tabs: list[ModeTab]
    lines: dict[str, CardLine]
    slots: list[Slot]
    notes: list[Note]
    prices: list[PriceLine]
    total: str
    total_note: str
    limit: int
    limited_by: str
    faces: ButtonFaces
