"""Who, in this news text, wants what: articles in, every actor's stance out.

>>> from stance_model import Analyzer, Article
>>> analysis = Analyzer.load().analyze(Article(text="…"))
"""

from stance_model.analysis import Analysis
from stance_model.analyzer import Analyzer
from stance_model.article import Article
from stance_model.proposition import Proposition

__all__ = ["Analysis", "Analyzer", "Article", "Proposition"]
