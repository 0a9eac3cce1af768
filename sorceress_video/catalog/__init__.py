"""The models as data: what each can do, takes, offers and costs. One TOML file for each model."""

from sorceress_video.catalog.coercion import has_control_characters
from sorceress_video.catalog.errors import CatalogError, CatalogFault, NoRoute, SettingRefused, UnknownModel
from sorceress_video.catalog.inputs import InputProblem, MediaFacts, input_problems
from sorceress_video.catalog.labels import in_words_of, label_of, labelled_roles, labels_in, renumbered
from sorceress_video.catalog.length import OutputShape
from sorceress_video.catalog.model import ModelSpec
from sorceress_video.catalog.prices import Price, format_micro_usd, total
from sorceress_video.catalog.registry import Catalog, get_catalog, load_catalog
from sorceress_video.catalog.schema import InputSpec, Route, Setting
from sorceress_video.catalog.sheet import SheetRow, model_sheet
from sorceress_video.catalog.terms import InputRole, MediaKind, Mode, SettingKind, SettingValue
from sorceress_video.catalog.values import OptionView, SettingView

__all__ = [
    "Catalog",
    "CatalogError",
    "CatalogFault",
    "InputProblem",
    "InputRole",
    "InputSpec",
    "MediaFacts",
    "MediaKind",
    "Mode",
    "ModelSpec",
    "NoRoute",
    "OptionView",
    "OutputShape",
    "Price",
    "Route",
    "Setting",
    "SettingKind",
    "SettingRefused",
    "SettingValue",
    "SettingView",
    "SheetRow",
    "UnknownModel",
    "format_micro_usd",
    "get_catalog",
    "has_control_characters",
    "in_words_of",
    "input_problems",
    "label_of",
    "labelled_roles",
    "labels_in",
    "load_catalog",
    "model_sheet",
    "renumbered",
    "total",
]
