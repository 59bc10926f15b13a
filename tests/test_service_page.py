"""The page: complete in itself, closed to injection, in step with what the service answers."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from stance_model.analysis import ActorStance
from stance_model.labels import STANCES
from stance_service.page import load_page
from test_service_stand_in import StandIn, client_of


class Elements(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


PAGE = load_page()
ELEMENTS = Elements(PAGE.html).found
IDS = [attributes["id"] for _, attributes in ELEMENTS if "id" in attributes]


def test_the_page_loads_nothing_from_elsewhere() -> None:
    links = [attributes[name] for _, attributes in ELEMENTS for name in ("src", "href", "action") if name in attributes]
    assert set(links) <= {"data:,", "/docs"}
    assert "http:" not in PAGE.html
    assert "https:" not in PAGE.html
    assert "@import" not in PAGE.html


def test_no_data_is_read_as_html() -> None:
    banned = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|\bon\w+="
    assert not re.search(banned, PAGE.html)


def test_the_policy_allows_the_pages_own_script_and_nothing_else() -> None:
    with client_of(StandIn()) as client:
        policy = client.get("/").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert policy.count("'sha256-") == 2
    assert [tag for tag, _ in ELEMENTS].count("script") == [tag for tag, _ in ELEMENTS].count("style") == 1
    assert not any("style" in attributes for _, attributes in ELEMENTS)  # the policy would not apply them


def test_every_field_has_a_label_and_every_reference_a_target() -> None:
    assert len(IDS) == len(set(IDS))
    labelled = {attributes["for"] for tag, attributes in ELEMENTS if tag == "label"}
    fields = {attributes["id"] for tag, attributes in ELEMENTS if tag in {"input", "select", "textarea"}}
    assert fields == labelled
    described = [
        attributes[name]
        for _, attributes in ELEMENTS
        for name in ("aria-labelledby", "aria-describedby")
        if name in attributes
    ]
    assert set(described) | set(re.findall(r'\$\("([\w-]+)"\)', PAGE.html)) <= set(IDS)


def test_the_page_reads_on_a_phone_and_in_the_dark() -> None:
    assert any(attributes.get("name") == "viewport" for _, attributes in ELEMENTS)
    assert "prefers-color-scheme: dark" in PAGE.html
    assert dict(ELEMENTS)["html"]["lang"] == "en"


def test_the_page_knows_the_labels_and_reads_fields_that_exist() -> None:
    assert str(list(STANCES)).replace("'", '"') in PAGE.html
    read = set(re.findall(r"\bactor\.(\w+)", PAGE.html))
    assert read
    assert read <= set(ActorStance.model_fields)
