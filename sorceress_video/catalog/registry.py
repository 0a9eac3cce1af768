"""The catalog: every model, read from one TOML file each."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from sorceress_video.catalog.errors import CatalogError, UnknownModel
from sorceress_video.catalog.model import ModelSpec
from sorceress_video.settings import get_settings

MODELS_FOLDER = Path(__file__).parent / "models"


class Catalog:
    """The models of a deployment in the order in which they are shown. Immutable."""

    def __init__(self, models: Iterable[ModelSpec], version: str) -> None:
        self.models: tuple[ModelSpec, ...] = tuple(models)
        self.catalog_version = version
        self._by_id = {model.id: model for model in self.models}

    def get(self, model_id: str) -> ModelSpec:
        """The model with this id.

        Raises:
            UnknownModel: the catalog has none.
        """
        try:
            return self._by_id[model_id]
        except KeyError:
            raise UnknownModel(model_id) from None

    def __contains__(self, model_id: object) -> bool:
        return model_id in self._by_id

    def __iter__(self) -> Iterator[ModelSpec]:
        return iter(self.models)

    def __len__(self) -> int:
        return len(self.models)


@lru_cache(maxsize=1)
def get_catalog() -> Catalog:
    """The process's catalog: the shipped models, then the deployment's own, which win by id.

    Raises:
        CatalogError: a file that cannot be used; one sentence that names it and the field.
    """
    extra = get_settings().catalog_dir
    return load_catalog(MODELS_FOLDER) if extra is None else load_catalog(MODELS_FOLDER, extra)


def load_catalog(*folders: Path) -> Catalog:
    """Reads every ``*.toml`` of the folders; a later folder adds to an earlier one or overrides it by id."""
    found: dict[str, ModelSpec] = {}
    digest = hashlib.sha256()
    for folder in folders:
        for model, content in _read_folder(folder):
            found[model.id] = model
            digest.update(content)
    ordered = sorted(found.values(), key=lambda model: (model.order, model.name, model.id))
    return Catalog(ordered, digest.hexdigest()[:12])


def _read_folder(folder: Path) -> list[tuple[ModelSpec, bytes]]:
    if not folder.is_dir():
        raise CatalogError(f"The catalog folder {folder} is not there.")
    read: list[tuple[ModelSpec, bytes]] = []
    names: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        model, content = _read_file(path)
        if model.id in names:
            raise CatalogError(f"{path.name}: id: “{model.id}” is already the id of {names[model.id]}.")
        names[model.id] = path.name
        read.append((model, content))
    return read


def _read_file(path: Path) -> tuple[ModelSpec, bytes]:
    try:
        content = path.read_bytes()
        return ModelSpec.model_validate(tomllib.loads(content.decode("utf-8"))), content
    except OSError as error:
        raise CatalogError(f"{path.name} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CatalogError(f"{path.name} is not UTF-8 text (byte {error.start}).") from error
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(f"{path.name} is not valid TOML: {error}.") from error
    except ValidationError as error:
        raise CatalogError(f"{path.name}: {_first_fault(error)}") from error


def _first_fault(error: ValidationError) -> str:
    faults = error.errors(include_url=False)
    fault = faults[0]
    place = ".".join(str(part) for part in fault["loc"]) or "the file"
    message = fault["msg"].removeprefix("Value error, ")
    more = f" ({len(faults) - 1} more faults follow.)" if len(faults) > 1 else ""
    return f"{place}: {message[:1].lower()}{message[1:]}.{more}"
