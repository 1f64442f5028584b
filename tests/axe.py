"""What axe-core has against a page, or against a part of it."""

from axe_playwright_python.sync_playwright import Axe

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}


def violations(page, context=None):
    """For each rule that is broken the elements, and what would mend them; `context` is a selector, or axe's own."""
    found = Axe().run(page, context, OPTIONS).response["violations"]
    return {each["id"]: [f"{node['html'][:200]} {node['failureSummary']}" for node in each["nodes"]] for each in found}
