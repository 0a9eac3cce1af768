"""What the catalog can refuse, each with one sentence for the person and a code for the machine."""

from __future__ import annotations

from typing import ClassVar


class CatalogFault(Exception):  # noqa: N818 - base of refusals as well as of errors
    """Base of everything that this room raises."""

    code: ClassVar[str] = "catalog"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class CatalogError(CatalogFault):
    """A catalog file that cannot be used; the sentence names the file and the field."""

    code = "catalog_file"


class UnknownModel(CatalogFault, LookupError):  # noqa: N818 - a refusal
    """No model of the catalog has this id."""

    code = "unknown_model"

    def __init__(self, model_id: str) -> None:
        super().__init__(f"The catalog has no model “{model_id[:80]}”.")
        self.model_id = model_id


class NoRoute(CatalogFault):
    """The model cannot be run in this mode with these inputs and this variant."""

    code = "no_route"


class SettingRefused(CatalogFault, ValueError):  # noqa: N818 - a refusal
    """A setting's name or value that the model does not take."""

    code = "setting_refused"

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name
