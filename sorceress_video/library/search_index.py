"""The index of words: what stands in it for each clip, and how either database is asked.

``clip_search`` holds one line for each clip: its prompt's words, and, marked so that no prompt can have them,
its account, mode and the words of its model. SQLite finds lines through FTS5, PostgreSQL through a GIN index.
A line's number sorts as the clip's id does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    Cast,
    ColumnElement,
    FromClause,
    cast,
    column,
    exists,
    func,
    literal,
    literal_column,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlmodel import col

from sorceress_video.library.search import MODES, Query
from sorceress_video.library.search_line import ACCOUNT, MODE, MODEL
from sorceress_video.library.tables import Clip, ClipSearch, metadata

FTS: Final = table("clip_search_fts", column("rowid"), column("words"))
_LEXEMES: Final[ColumnElement[Any]] = literal_column("clip_search.lexemes")
"""PostgreSQL's own column: it computes it from the words."""


class Index:
    """The index as one database has it."""

    def __init__(self, *, sqlite: bool) -> None:
        self._sqlite = sqlite
        self.lines: FromClause = FTS if sqlite else metadata.tables["clip_search"]
        self.number: ColumnElement[int] = self.lines.c["rowid" if sqlite else "number"]

    def found(self, account_id: str | None, query: Query) -> list[ColumnElement[bool]]:
        """What a line fulfils that a query finds by words, model and mode: of an account, or of whomever."""
        asked = self._question(account_id, query)
        if self._sqlite:
            matches: ColumnElement[bool] = literal_column("clip_search_fts").op("MATCH")(literal(asked))
        else:
            matches = _LEXEMES.op("@@")(_tsquery(asked))
        return [matches, *(self._has(phrase) for phrase in query.phrases)]

    def among(self, clips: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
        """Whether a line's clip is one of those; for sets that are small beside the gallery."""
        numbers = (
            select(col(ClipSearch.number)).join(Clip, col(Clip.id) == col(ClipSearch.clip_id)).where(*clips)
        )
        # Once for all hits: FTS5 would search anew for each number, PostgreSQL join anew for each hit.
        return (self.number + 0).in_(numbers) if self._sqlite else self.number.in_(numbers.offset(0))

    def _has(self, phrase: str) -> ColumnElement[bool]:
        words = col(ClipSearch.words)
        if not self._sqlite:
            return func.strpos(words, phrase) > 0
        return exists().where(col(ClipSearch.number) == self.number, func.instr(words, phrase) > 0)

    def _question(self, account_id: str | None, query: Query) -> str:
        """The words as the database's own query; words have letters, digits and pictures only."""
        both, either, neither = ("AND", "OR", "NOT") if self._sqlite else ("&", "|", "& !")

        def beginning(word: str) -> str:
            return f'"{word}"*' if self._sqlite else f"'{word}':*"

        def whole(word: str) -> str:
            return f'"{word}"' if self._sqlite else f"'{word}'"

        def joined(parts: Sequence[str], by: str) -> str:
            return f"({f' {by} '.join(parts)})"

        def model(words: tuple[str, ...]) -> str:
            return joined([beginning(f"{MODEL}{word}") for word in words], both)

        anybody = joined([whole(f"{MODE}{mode}") for mode in MODES], either)
        wanted = [whole(f"{ACCOUNT}{account_id}") if account_id else anybody, *map(beginning, query.words)]
        if query.models:
            wanted.append(joined([model(words) for words in query.models], either))
        if query.modes:
            wanted.append(joined([whole(f"{MODE}{mode}") for mode in sorted(query.modes)], either))
        unwanted = [
            *(joined([beginning(word) for word in words], both) for words in query.without),
            *(model(words) for words in query.not_models),
            *(whole(f"{MODE}{mode}") for mode in sorted(query.not_modes)),
        ]
        question = joined(wanted, both)
        return f"{question} {neither} {joined(unwanted, either)}" if unwanted else question


def _tsquery(text: str) -> Cast[Any]:
    return cast(text, TSQUERY)
