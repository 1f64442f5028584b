"""Every link of the texts leads somewhere; those that lead out are few, and encrypted."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXTS = [*ROOT.glob("*.md"), *ROOT.glob("notebooks/*.md"), *ROOT.glob("notebooks/source/*.md")]
LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href|srcset)=\"([^\"]+)\"")
OUTSIDE = ("https://mybinder.org/",)


def links(text):
    """Where a text leads; code is no text."""
    prose = re.sub(r"^(```|~~~).*?^\1|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)
    return ["".join(both) for both in LINK.findall(prose)]


def leads_nowhere(link, source):
    """Is it neither a file beside the text, nor a site that we know? A chapter's source links as its notebook does.

    A place within a page is none: Jupyter and GitHub name headings differently, so we name a section in words.
    """
    if "://" in link:
        return not link.startswith(OUTSIDE)
    place = source.parent.parent if source.parent.name == "source" else source.parent
    return not (place / link).exists()


@pytest.mark.parametrize("source", TEXTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(source):
    assert [link for link in links(source.read_text(encoding="utf-8")) if leads_nowhere(link, source)] == []


def test_there_are_links_to_be_looked_at():
    assert sum(len(links(source.read_text(encoding="utf-8"))) for source in TEXTS) > 200


@pytest.mark.parametrize("link", ["nowhere.md", "http://mybinder.org/", "https://example.com/", "LICENSE#top"])
def test_a_link_that_leads_nowhere_is_found_out(link):
    assert leads_nowhere(link, ROOT / "README.md")
