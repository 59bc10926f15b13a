"""Articles: what a caller sends, checked at the edge."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from stance_model.errors import InputError, TooLargeError
from stance_model.proposition import DEFAULT_PROPOSITION, Proposition
from stance_model.validation import faults

# About 160,000 words: over any article or transcript, under what would hold a worker for minutes.
MAX_TEXT_CHARS = 1_000_000
MAX_GIVEN_ACTORS = 500


class MentionSpan(BaseModel):
    """Where a given actor is named: code points into the article's `text`, half-open."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: int = Field(ge=0)
    end: int = Field(ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> MentionSpan:
        if self.start >= self.end:
            raise ValueError(f"start {self.start}, end {self.end}; expected start < end")
        return self


class ArticleActor(BaseModel):
    """An actor that the caller names, with its mentions where they are known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=300, pattern=r"\S")
    mentions: tuple[MentionSpan, ...] = ()


class Article(BaseModel):
    """One article. Only `text` is needed.

    `actors`: without it they are found; with it exactly those are judged, in the given order.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    text: str
    id: str | None = None
    title: str | None = None
    date: str | None = None
    url: str | None = None
    source: str | None = None
    lang: str | None = None
    actors: tuple[Annotated[str, Field(min_length=1, max_length=300, pattern=r"\S")] | ArticleActor, ...] | None = (
        Field(default=None, max_length=MAX_GIVEN_ACTORS)
    )
    proposition: str | Proposition = DEFAULT_PROPOSITION

    @model_validator(mode="after")
    def _mentions_in_text(self) -> Article:
        for i, actor in enumerate(self.actors or ()):
            for j, mention in enumerate(actor.mentions if isinstance(actor, ArticleActor) else ()):
                if mention.end > len(self.text):
                    raise ValueError(
                        f"actors[{i}].mentions[{j}].end {mention.end}; expected at most {len(self.text)}, "
                        "the length of the text"
                    )
        return self


def parse_article(value: Any, *, where: str = "") -> Article:  # noqa: ANN401 - JSON may be anything
    """The article in a decoded JSON value.

    Raises:
        InputError: A field is missing or wrong; the message lists every fault.
        TooLargeError: The text is over `MAX_TEXT_CHARS`.
    """
    if not isinstance(value, dict):
        raise InputError(f"{type(value).__name__}; expected an object with a field 'text'", where=where or "article")
    try:
        article = Article.model_validate(value)
    except ValidationError as error:
        raise InputError("; ".join(faults(error)), where=where) from error
    check_size(article.text, where=f"{where}.text" if where else "text")
    return article


def check_size(text: str, *, where: str = "text") -> None:
    """Refuses a text over the limit.

    Raises:
        TooLargeError: It is over `MAX_TEXT_CHARS`.
    """
    if len(text) > MAX_TEXT_CHARS:
        raise TooLargeError(f"has {len(text):,} characters; expected at most {MAX_TEXT_CHARS:,}", where=where)
