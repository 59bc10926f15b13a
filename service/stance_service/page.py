"""The page for people, with the policy under which a browser runs nothing but the page's own script."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True)
class Page:
    """The page's HTML and the headers that go with it."""

    html: str
    headers: dict[str, str]


def load_page() -> Page:
    """The page of this package."""
    html = files("stance_service").joinpath("page.html").read_text(encoding="utf-8")
    policy = (
        "default-src 'none'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
        f"frame-ancestors 'none'; script-src {_hashes(html, 'script')}; style-src {_hashes(html, 'style')}"
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }
    return Page(html=html, headers=headers)


def _hashes(html: str, tag: str) -> str:
    parts = re.findall(rf"<{tag}>(.*?)</{tag}>", html, re.S)
    digests = (hashlib.sha256(part.encode()).digest() for part in parts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
