"""What the prompt panel shows: frozen shapes that travel to the browser. Sizes in pixels, money as text."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ModeTab:
    """One kind of generation.

    ``reason`` says why a tab is not usable, ``blockers`` are the ids of the models that keep it from being
    used, and ``remedy`` is what the button says that deselects them.
    """

    mode: str
    label: str
    short: str
    usable: bool
    selected: bool
    reason: str
    remedy: str = ""
    blockers: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CardLine:
    """The part of a model's card that follows settings, mode and frames."""

    selected: bool = False
    summary: str = ""
    price: str = ""
    price_note: str = ""
    usd: float = -1.0
    """The price as a number; below 0 where it is not known."""


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
class TrayItem:
    """A file in a tray. ``label`` is how the panel names it: “Clip 2”, “@Image1”.

    ``length`` is “3.2 s”, ``size`` “1280 × 720”. While ``preparing`` a longer version is being made.
    ``problem`` is why a selected model does not take it; where cutting helps, ``trim_to`` is the longest it
    may be, in seconds, else 0.
    """

    asset_id: str
    name: str
    label: str
    thumb_url: str
    url: str
    length: str
    size: str
    preparing: bool
    problem: str
    trim_to: float
    seconds: float


@dataclass(frozen=True)
class Tray:
    """A place for up to ``most`` files of one kind. ``reason`` says which model does not take any."""

    role: str
    label: str
    kind: str
    most: int
    optional: bool
    reason: str
    note: str
    items: list[TrayItem]


@dataclass(frozen=True)
class Reference:
    """A file that the prompt can name: ``@Image1``. ``thumb_url`` is empty for sound."""

    label: str
    kind: str
    name: str
    thumb_url: str
    seconds: float


@dataclass(frozen=True)
class Note:
    """A remark on the inputs: ``tone`` is ``info``, or ``bad`` for what a model will not take."""

    text: str
    tone: str


@dataclass(frozen=True)
class BudgetBar:
    """The month's money beside the estimate; ``left`` is empty where no budget is set."""

    spent: str = ""
    left: str = ""
    share: str = "0%"
    """Part of the budget that is used, as a CSS width."""


@dataclass(frozen=True)
class PriceLine:
    """One model's part of the estimate; ``factors`` is “2 × $0.84”."""

    model_id: str
    name: str
    factors: str
    price: str


@dataclass(frozen=True)
class ConfirmSheet:
    """The question before a large sum is spent; there is none while ``sum`` is empty.

    ``token`` is that of the request, so that a confirmed click stays the click that was asked about. ``deed``
    is ``reroll`` or ``retry`` of the clip ``clip_id``; both are empty for a click on Generate.
    """

    sum: str = ""
    token: str = ""
    deed: str = ""
    clip_id: str = ""
    total: str = ""
    reason: str = ""
    prices: list[PriceLine] = field(default_factory=list)


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
    trays: list[Tray]
    references: list[Reference]
    notes: list[Note]
    prices: list[PriceLine]
    total: str
    total_note: str
    limit: int
    limited_by: str
    faces: ButtonFaces
