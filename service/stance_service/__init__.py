"""The HTTP service: articles in over HTTP, every actor's stance out, and a page for people.

>>> from stance_service.app import create_app
>>> from stance_service.settings import ServiceSettings
>>> app = create_app(Analyzer.load(), settings=ServiceSettings())
"""
