"""The checkpoint that the project ships, on an example article."""

from __future__ import annotations

from pathlib import Path

import pytest

from stance_model.analyzer import Analyzer
from stance_model.article import Article
from stance_model.checkpoint import read_manifest
from stance_model.reading import read_articles
from stance_model.resources import shipped_checkpoint

EXAMPLES = Path(__file__).parents[1] / "examples"
MAX_TOTAL_BYTES = 100_000_000
MAX_FILE_BYTES = 95_000_000

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def shipped() -> Analyzer:
    return Analyzer.load()


def test_the_folder_is_valid_and_within_its_size() -> None:
    folder = shipped_checkpoint()
    assert read_manifest(folder).metrics["macro_f1"] > 0.5
    sizes = [file.stat().st_size for file in folder.rglob("*") if file.is_file()]
    assert sum(sizes) <= MAX_TOTAL_BYTES
    assert max(sizes) <= MAX_FILE_BYTES


@pytest.mark.parametrize("name", ["geneva-talks.txt", "ten-years.txt"])
def test_an_example_article_has_actors_on_both_sides_with_their_words(shipped: Analyzer, name: str) -> None:
    (article,) = read_articles(EXAMPLES / name)
    analysis = shipped.analyze(article)
    stances = {row.stance for row in analysis.actors}
    assert stances == {"support", "neutral", "oppose"}
    assert len(analysis.actors) >= 5
    for row in analysis.actors:
        assert bool(row.evidence) == (row.neutral_kind != "none")
        for evidence in row.evidence:
            assert article.text[evidence.start : evidence.end] == evidence.text


@pytest.mark.parametrize(
    ("text", "name", "stance", "kind"),
    [
        ("Estonia's minister said that Assad must step down at once.", "Estonia", "oppose", None),
        ("Brazil said that it would neither ask Assad to go nor ask him to stay.", "Brazil", "neutral", "declared"),
        ("Belarus backs President Assad and rejects every demand that he leave.", "Belarus", "support", None),
        ("Norway sent tents and blankets to the camps near the border.", "Norway", "neutral", "none"),
    ],
)
def test_plain_statements_are_read_rightly(
    shipped: Analyzer, text: str, name: str, stance: str, kind: str | None
) -> None:
    (row,) = shipped.analyze(Article(text=text, actors=(name,))).actors
    assert (row.stance, row.neutral_kind) == (stance, kind)
