"""What a tab's browser reads of a state."""

from __future__ import annotations

import json
from typing import Any

from reflex.state import State
from reflex.utils.format import json_dumps

from tests.ui.tab import Tab


def page(tab: Tab, state: type[State]) -> dict[str, Any]:
    """The variables of a state as JSON, as they were sent."""
    return dict(json.loads(json_dumps(tab.of(state))))
