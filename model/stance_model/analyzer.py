"""The analyzer: an article in, every actor's stance out. It follows the article through each step in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stance_model.actors import (
    Actor,
    ActorFinder,
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
from stance_model.classifier import Classifier, Judgement
from stance_model.clean import CleanText, clean
from stance_model.encoding import EncodedWindow, Window, Windower, encode_window, put_for
from stance_model.evidence import EvidenceSpan, choose, find_span
from stance_model.labels import NEUTRAL, STANCE_IDS
from stance_model.proposition import Proposition, get_proposition
from stance_model.resources import configs_folder, shipped_checkpoint
from stance_model.sentences import Document, split_sentences
from stance_model.statements import Statement, find_statements

# No actor of an article comes near it; one of a book does, and then a warning says so.
MAX_WINDOWS_PER_ACTOR = 32
MIN_WORDS = 5
# Names by which a caller means the writer of the text, who speaks in all of it.
AUTHOR_NAMES = frozenset({"the author", "author", "(author)"})
PROBABILITY_DIGITS = 6


@dataclass(frozen=True)
class _Case:
    """One actor of one article with its windows, ready to be judged."""

    actor: Actor
    windows: tuple[Window, ...]
    pairs: tuple[EncodedWindow, ...]


@dataclass(frozen=True)
class _Prepared:
    """An article up to the classifier."""

    article: Article
    cleaned: CleanText
    document: Document
    proposition: Proposition
    cases: tuple[_Case, ...]
    warnings: tuple[Warning, ...]


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
            finder=SpacyActorFinder(aliases),
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
        pairs = [pair for one in prepared for case in one.cases for pair in case.pairs]
        judgements = iter(self._classifier.judge(pairs))
        analyses = []
        for one in prepared:
            taken = [[next(judgements) for _ in case.pairs] for case in one.cases]
            analyses.append(self._report(one, taken))
        return analyses

    def find_actors(self, text: str) -> list[Actor]:
        """The actors of a text, without their stances; mentions are places in the cleaned text.

        Raises:
            InputError: The text is empty, binary or too long.
        """
        check_size(text)
        return self._finder.find(split_sentences(clean(text).text))

    def _prepare(self, article: Article) -> _Prepared:
        check_size(article.text)
        proposition = get_proposition(article.proposition)
        cleaned = clean(article.text)
        document = split_sentences(cleaned.text)
        warnings = _warnings_about_text(cleaned.text)
        if article.actors is None:
            actors = self._finder.find(document)
            if not actors:
                warnings.append(_warning("no_actors", "no actor was found in the text"))
        else:
            given = [_given(actor, cleaned) for actor in article.actors]
            actors = resolve_given(document, given, self._aliases)
        windower = Windower(document, self._classifier.tokenizer, self.manifest.encoding)
        cases = []
        for actor, statements in zip(actors, find_statements(document, actors), strict=True):
            if actor.name.casefold() in AUTHOR_NAMES:
                statements = tuple(Statement(sentence=s.index, role="words") for s in document.sentences)  # noqa: PLW2901
            elif not actor.mentions:
                warnings.append(_warning("actor_not_found", f"the text never names {actor.name!r}"))
            voices = [m for other in actors if other.speaks_for == actor.name for m in other.mentions]
            hypothesis = put_for(actor.name, proposition.text, self.manifest.encoding)
            windows = windower.windows(actor, statements, voices, hypothesis)
            if len(windows) > MAX_WINDOWS_PER_ACTOR:
                message = (
                    f"{actor.name!r} fills {len(windows)} windows; the {MAX_WINDOWS_PER_ACTOR} likeliest were judged"
                )
                warnings.append(_warning("truncated", message))
                windows = _likeliest(windows, document, proposition)
            pairs = [
                encode_window(document, window, actor.name, proposition.text, self.manifest.encoding)
                for window in windows
            ]
            cases.append(_Case(actor=actor, windows=tuple(windows), pairs=tuple(pairs)))
        return _Prepared(
            article=article,
            cleaned=cleaned,
            document=document,
            proposition=proposition,
            cases=tuple(cases),
            warnings=tuple(warnings),
        )

    def _report(self, prepared: _Prepared, judgements: Sequence[Sequence[Judgement]]) -> Analysis:
        warnings = list(prepared.warnings)
        rows = []
        for case, judged in zip(prepared.cases, judgements, strict=True):
            if any(judgement.truncated for judgement in judged):
                limit = self.manifest.encoding.max_length_tokens
                message = f"a window of {case.actor.name!r} met the encoder's limit of {limit} tokens"
                warnings.append(_warning("truncated", message))
            rows.append(self._row(prepared, case, judged))
        return Analysis(
            id=prepared.article.id,
            proposition=PropositionRef(id=prepared.proposition.id, text=prepared.proposition.text),
            model=self.model_ref,
            actors=tuple(rows),
            warnings=tuple(warnings),
        )

    @property
    def model_ref(self) -> ModelRef:
        """The loaded checkpoint's name, version and hash."""
        return ModelRef(name=self.manifest.name, version=self.manifest.version, sha256=self.manifest.files[WEIGHTS])

    def _row(self, prepared: _Prepared, case: _Case, judged: Sequence[Judgement]) -> ActorStance:
        settings = self.manifest.calibration
        verdicts = [Verdict(probabilities=calibrate(j.logits, settings), declared=j.declared) for j in judged]
        verdict = join(verdicts)
        kind = verdict.neutral_kind(settings)
        spans = [] if kind == "none" else self._spans(prepared.document, case, judged, verdicts, verdict)
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
        case: _Case,
        judged: Sequence[Judgement],
        verdicts: Sequence[Verdict],
        verdict: Verdict,
    ) -> list[EvidenceSpan]:
        """The spans of the windows that show the verdict's stance, scored by how surely they do."""
        candidates = []
        for pair, judgement, window_verdict in zip(case.pairs, judged, verdicts, strict=True):
            span = find_span(judgement, pair, document)
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


def _likeliest(windows: Sequence[Window], document: Document, proposition: Proposition) -> list[Window]:
    """The windows that name the people and places of the proposition first, then the earliest; in order of place."""
    names = [name.casefold() for main, others in proposition.aliases.items() for name in (main, *others)]

    def rank(window: Window) -> tuple[int, int]:
        text = document.text[window.start : window.end].casefold()
        return (-sum(text.count(name) for name in names), window.start)

    return sorted(sorted(windows, key=rank)[:MAX_WINDOWS_PER_ACTOR], key=lambda window: window.start)


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
