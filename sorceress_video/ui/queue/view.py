"""The queue in the workspace: a button in the top bar, and what it opens."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui import kit
from sorceress_video.ui.frame.state import FrameState
from sorceress_video.ui.gallery.state import GalleryState
from sorceress_video.ui.lightbox.state import LightboxState
from sorceress_video.ui.queue.client import CancelAll, NotifySwitch, QueueChip, QueueList, QueueNews
from sorceress_video.ui.queue.state import QueueState

QUEUE_ID = "queue"


def queue() -> rx.Component:
    """For whoever is signed in: what is in the making, beside the account."""
    return rx.cond(FrameState.signed_in, rx.fragment(_chip(), _dialog(), _news()))


def _chip() -> rx.Component:
    return QueueChip.create(
        running=QueueState.running,
        waiting=QueueState.waiting,
        asking=QueueState.asking,
        opens=QUEUE_ID,
        on_open=QueueState.show,
    )


def _dialog() -> rx.Component:
    making = QueueState.running + QueueState.waiting
    return kit.dialog(
        QueueList.create(
            lines=QueueState.lines,
            more=QueueState.more,
            ready=QueueState.ready,
            problem=QueueState.problem,
            on_seek=GalleryState.seek,
            on_cancel=GalleryState.cancel,
            on_cancel_batch=QueueState.cancel_batch,
            on_retry=GalleryState.retry,
            on_dismiss=GalleryState.dismiss,
        ),
        title="Queue",
        id=QUEUE_ID,
        place="right",
        foot=rx.fragment(
            NotifySwitch.create(),
            rx.cond(making > 1, CancelAll.create(count=making, on_confirm=QueueState.cancel_all)),
        ),
        on_dismiss=QueueState.hide,
        data_testid="queue",
    )


def _news() -> rx.Component:
    return QueueNews.create(
        making=QueueState.running + QueueState.waiting,
        endings=QueueState.endings,
        on_open=LightboxState.open,
        on_seek=GalleryState.seek,
    )
