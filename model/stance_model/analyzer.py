"""The analyzer: an article in, every actor's stance out. It follows the article through each step in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stance_model.actors import (
    Actor,
    ActorFinder,
    ActorTags,
    Aliases,
    GivenActor,
    Mention,
    SpacyActorFinder,
    load_aliases,
    resolve_given,
)
from stance_model.analysis import (
    ActorStance,
    Analysis,
    Evidence,
    MentionOut,
    ModelRef,
    Probabilities,
    PropositionRef,
    Warning,
    WarningCode,
)
from stance_model.article import Article, ArticleActor, check_size
from stance_model.calibration import Verdict, calibrate, join
from stance_model.checkpoint import WEIGHTS, Manifest, read_manifest
from stance_model.classifier import Classifier, Judgement, Reading
from stance_model.clean import CleanText, clean
from stance_model.encoding import Place, TextPair, Window, cut
from stance_model.evidence import EvidenceSpan, choose, find_span
from stance_model.labels import NEUTRAL, STANCE_IDS
from stance_model.proposition import Proposition, get_proposition
from stance_model.resources import configs_folder, shipped_checkpoint
from stance_model.sentences import Document, split_sentences
from stance_model.statements import find_statements

# No actor of an article comes near it; one of a book does, and then a warning says so.
MAX_WINDOWS_PER_ACTOR = 32
MIN_WORDS = 5
# Names by which a caller means the writer of the text, who speaks in all of it.
AUTHOR_NAMES = frozenset({"the author", "author", "(author)"})
PROBABILITY_DIGITS = 6


@dataclass(frozen=True)
class _Prepared:
    """An article up to the encoder."""

    article: Article
    cleaned: CleanText
    document: Document
    proposition: Proposition
    windows: tuple[Window, ...]

    def pairs(self) -> list[TextPair]:
        """What the encoder reads."""
        texts = (self.document.text[window.start : window.end] for window in self.windows)
        return [TextPair(text=text, proposition=self.proposition.text) for text in texts]


@dataclass(frozen=True)
class _Case:
    """One actor, and what the classifier says of it in each window that carries it."""

    actor: Actor
    judged: tuple[Judgement, ...]


class Analyzer:
    """Analyses articles with one checkpoint. Thread-safe: nothing changes after it is made."""

    def __init__(self, *, classifier: Classifier, manifest: Manifest, finder: ActorFinder, aliases: Aliases) -> None:
        self.manifest = manifest
        self._classifier = classifier
        self._finder = finder
        self._aliases = aliases

    @classmethod
    def load(cls, checkpoint: Path | None = None, *, device: str = "cpu") -> Analyzer:
        """An analyzer for a checkpoint folder; without one, for the checkpoint that the project ships.

        Raises:
            CheckpointError: The folder is not a valid checkpoint.
            ConfigError: An alias file is wrong.
        """
        folder = checkpoint or shipped_checkpoint()
        manifest = read_manifest(folder)
        aliases = load_aliases(configs_folder() / "aliases")
        return cls(
            classifier=Classifier.load(folder, device=device),
            manifest=manifest,
            finder=SpacyActorFinder(aliases, tagger_floor=manifest.tagger_floor),
            aliases=aliases,
        )

    def analyze(self, article: Article) -> Analysis:
        """The analysis of one article.

        Raises:
            InputError: The text is empty, binary or too long, or the proposition is not known.
        """
        return self.analyze_many([article])[0]

    def analyze_many(self, articles: Sequence[Article]) -> list[Analysis]:
        """An analysis an article, in order; all their windows share batches.

        Raises:
            InputError: As `analyze`, for the first article that is at fault.
        """
        prepared = [self._prepare(article) for article in articles]
        readings = iter(self._read(prepared))
        return [self._report(one, [next(readings) for _ in one.windows]) for one in prepared]

    def _read(self, prepared: Sequence[_Prepared]) -> list[Reading]:
        pairs = [pair for one in prepared for pair in one.pairs()]
        return self._classifier.read(pairs, [window.start for one in prepared for window in one.windows])

    def _prepare(self, article: Article) -> _Prepared:
        check_size(article.text)
        proposition = get_proposition(article.proposition)
        cleaned = clean(article.text)
        document = split_sentences(cleaned.text)
        windows = cut(document, proposition.text, self._classifier.tokenizer, self.manifest.encoding)
        return _Prepared(
            article=article, cleaned=cleaned, document=document, proposition=proposition, windows=tuple(windows)
        )

    def _actors(self, prepared: _Prepared, readings: Sequence[Reading]) -> list[Actor]:
        """The caller's actors, or else those of the document."""
        document = prepared.document
        if prepared.article.actors is None:
            tokens = (token for r in readings for token in zip(r.starts, r.ends, r.named, strict=True))
            return self._finder.find(document, ActorTags(len(document.text), tokens))
        given = [_given(actor, prepared.cleaned) for actor in prepared.article.actors]
        return resolve_given(document, given, self._aliases)

    def _judge(self, prepared: _Prepared, readings: Sequence[Reading], warnings: list[Warning]) -> list[_Case]:
        """Each actor with its judgements; what limits them is added to the warnings."""
        document, windows = prepared.document, prepared.windows
        actors = self._actors(prepared, readings)
        if prepared.article.actors is None and not actors:
            warnings.append(_warning("no_actors", "no actor was found in the text"))
        seats: list[list[int]] = []
        places: list[list[tuple[Place, ...]]] = [[] for _ in windows]
        for actor, statements in zip(actors, find_statements(document, actors), strict=True):
            is_author = actor.name.casefold() in AUTHOR_NAMES
            if not actor.mentions and not is_author:
                warnings.append(_warning("actor_not_found", f"the text never names {actor.name!r}"))
            carrying = document.sentences if is_author else [document.sentences[s.sentence] for s in statements]
            chosen = [i for i, w in enumerate(windows) if any(s.start < w.end and w.start < s.end for s in carrying)]
            if len(chosen) > MAX_WINDOWS_PER_ACTOR:
                message = (
                    f"{actor.name!r} fills {len(chosen)} windows; the {MAX_WINDOWS_PER_ACTOR} likeliest were judged"
                )
                warnings.append(_warning("truncated", message))
                chosen = _likeliest(chosen, prepared)
            if any(readings[i].truncated for i in chosen):
                limit = self.manifest.encoding.max_length_tokens
                message = f"a window of {actor.name!r} met the encoder's limit of {limit} tokens"
                warnings.append(_warning("truncated", message))
            voices = [m for other in actors if other.speaks_for == actor.name for m in other.mentions]
            for i in chosen:
                places[i].append(_places(actor.mentions, windows[i]) or _places(voices, windows[i]))
            seats.append(chosen)
        judged = [iter(self._classifier.judge(reading, row)) for reading, row in zip(readings, places, strict=True)]
        return [
            _Case(actor=actor, judged=tuple(next(judged[i]) for i in chosen))
            for actor, chosen in zip(actors, seats, strict=True)
        ]

    def _report(self, prepared: _Prepared, readings: Sequence[Reading]) -> Analysis:
        warnings = _warnings_about_text(prepared.cleaned.text)
        cases = self._judge(prepared, readings, warnings)
        return Analysis(
            id=prepared.article.id,
            proposition=PropositionRef(id=prepared.proposition.id, text=prepared.proposition.text),
            model=self.model_ref,
            actors=tuple(self._row(prepared, case) for case in cases),
            warnings=tuple(warnings),
        )

    def find_actors(self, text: str) -> list[Actor]:
        """The actors of a text, without their stances; mentions are places in the cleaned text.

        Raises:
            InputError: The text is empty, binary or too long.
        """
        prepared = self._prepare(Article(text=text))
        return self._actors(prepared, self._read([prepared]))

    @property
    def model_ref(self) -> ModelRef:
        """The loaded checkpoint's name, version and hash."""
        return ModelRef(name=self.manifest.name, version=self.manifest.version, sha256=self.manifest.files[WEIGHTS])

    def _row(self, prepared: _Prepared, case: _Case) -> ActorStance:
        settings = self.manifest.calibration
        verdicts = [Verdict(probabilities=calibrate(j.logits, settings), declared=j.declared) for j in case.judged]
        verdict = join(verdicts)
        kind = verdict.neutral_kind(settings)
        spans = [] if kind == "none" else self._spans(prepared.document, case.judged, verdicts, verdict)
        support, neutral, oppose = (round(float(p), PROBABILITY_DIGITS) for p in verdict.probabilities)
        return ActorStance(
            name=case.actor.name,
            kind=case.actor.kind,
            speaks_for=case.actor.speaks_for,
            mentions=tuple(_mention_out(m, prepared.cleaned) for m in case.actor.mentions),
            stance=verdict.stance,
            neutral_kind=kind,
            probabilities=Probabilities(support=support, neutral=neutral, oppose=oppose),
            abstained=bool(verdict.probabilities.max() < settings.abstain_below),
            evidence=tuple(_evidence_out(span, verdict, prepared.cleaned) for span in spans),
        )

    def _spans(
        self,
        document: Document,
        judged: Sequence[Judgement],
        verdicts: Sequence[Verdict],
        verdict: Verdict,
    ) -> list[EvidenceSpan]:
        """The spans of the windows that show the verdict's stance, scored by how surely they do."""
        candidates = []
        for judgement, window_verdict in zip(judged, verdicts, strict=True):
            span = find_span(judgement, document)
            if span is not None:
                shows = float(window_verdict.probabilities[STANCE_IDS[verdict.stance]])
                if STANCE_IDS[verdict.stance] == NEUTRAL:
                    shows *= window_verdict.declared
                candidates.append(EvidenceSpan(start=span.start, end=span.end, score=span.score * shows))
        return choose(candidates)


def _warning(code: WarningCode, message: str) -> Warning:
    return Warning(code=code, message=message)


def _warnings_about_text(text: str) -> list[Warning]:
    warnings = []
    letters = [c for c in text[:20_000] if c.isalpha()]
    if letters and sum(c < "\u0250" for c in letters) < 0.5 * len(letters):
        message = "most letters are not Latin; actors and stances are judged by a model of English, so expect errors"
        warnings.append(_warning("unsupported_language", message))
    if len(text.split()) < MIN_WORDS:
        warnings.append(_warning("short_text", f"the text has fewer than {MIN_WORDS} words"))
    return warnings


def _given(actor: str | ArticleActor, cleaned: CleanText) -> GivenActor:
    if isinstance(actor, str):
        return GivenActor(name=actor)
    places = [cleaned.from_source(m.start, m.end) for m in actor.mentions]
    return GivenActor(name=actor.name, mentions=tuple(place for place in places if place is not None))


def _places(mentions: Sequence[Mention], window: Window) -> tuple[Place, ...]:
    """The mentions that stand in a window."""
    return tuple((m.start, m.end) for m in mentions if window.start <= m.start and m.end <= window.end)


def _likeliest(chosen: Sequence[int], prepared: _Prepared) -> list[int]:
    """The windows that name the people and places of the proposition first, then the earliest; in order of place."""
    aliases = prepared.proposition.aliases
    names = [name.casefold() for main, others in aliases.items() for name in (main, *others)]

    def rank(index: int) -> tuple[int, int]:
        window = prepared.windows[index]
        text = prepared.document.text[window.start : window.end].casefold()
        return (-sum(text.count(name) for name in names), index)

    return sorted(sorted(chosen, key=rank)[:MAX_WINDOWS_PER_ACTOR])


def _mention_out(mention: Mention, cleaned: CleanText) -> MentionOut:
    start, end = cleaned.to_source(mention.start, mention.end)
    return MentionOut(start=start, end=end, text=cleaned.source[start:end])


def _evidence_out(span: EvidenceSpan, verdict: Verdict, cleaned: CleanText) -> Evidence:
    start, end = cleaned.to_source(span.start, span.end)
    return Evidence(
        start=start,
        end=end,
        text=cleaned.source[start:end],
        stance=verdict.stance,
        score=round(span.score, PROBABILITY_DIGITS),
    )
