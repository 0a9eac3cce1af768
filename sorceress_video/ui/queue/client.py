"""The queue's parts that the browser plays alone: lines that follow the ticks, the title, notifications."""

from __future__ import annotations

import reflex as rx

from sorceress_video.live.feed import LIVE_STORE
from sorceress_video.ui.gallery.client import BUSY
from sorceress_video.ui.lightbox.client import STAGE
from sorceress_video.ui.queue.models import Ending, QueueLine

_QUEUE = rx.asset("queue.jsx", shared=True)
_NEWS = rx.asset("news.jsx", shared=True)
IMPORTED = (LIVE_STORE, BUSY, STAGE)
"""Scripts of other folders that these import; naming them has them laid out for the build."""


class QueueChip(rx.Component):
    """The button that opens the queue; see ``queue.jsx``."""

    library = _QUEUE.importable_path
    tag = "QueueChip"

    running: rx.Var[int]
    waiting: rx.Var[int]
    asking: rx.Var[int]
    opens: rx.Var[str]
    on_open: rx.EventHandler[rx.event.no_args_event_spec]


class QueueList(rx.Component):
    """The lines; see ``queue.jsx``."""

    library = _QUEUE.importable_path
    tag = "QueueList"

    lines: rx.Var[list[QueueLine]]
    more: rx.Var[int]
    ready: rx.Var[bool]
    problem: rx.Var[str]
    on_seek: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_cancel: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_cancel_batch: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_retry: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_dismiss: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class CancelAll(rx.Component):
    """A button that stops everything at the second press; see ``queue.jsx``."""

    library = _QUEUE.importable_path
    tag = "CancelAll"

    count: rx.Var[int]
    on_confirm: rx.EventHandler[rx.event.no_args_event_spec]


class NotifySwitch(rx.Component):
    """Whether this browser tells of clips that end; see ``news.jsx``."""

    library = _NEWS.importable_path
    tag = "NotifySwitch"


class QueueNews(rx.Component):
    """The count in the page's title, and the notifications; see ``news.jsx``."""

    library = _NEWS.importable_path
    tag = "QueueNews"

    making: rx.Var[int]
    endings: rx.Var[list[Ending]]
    on_open: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_seek: rx.EventHandler[rx.event.passthrough_event_spec(str)]
