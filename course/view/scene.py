"""A scene: a Layout as plain values, for a pen that draws in a browser."""

from collections.abc import Mapping
from typing import Any

from course.view.marks import Layout
from course.view.style import THEMES, Font

DECIMALS = 2  # a hundredth of a pixel is enough, and makes the message half as long
LEFT_OUT = (None, False, "")


def scene(layout: Layout) -> dict[str, Any]:
    """The layout as dictionaries, lists, texts and numbers; names are those of course.view.marks."""
    plain: dict[str, Any] = plain_value(layout)
    return plain


def plain_value(value: Any) -> Any:
    """The same value without a class; what is empty or off is left out."""
    if isinstance(value, float):
        return round(value, DECIMALS)
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, (tuple, list)):
        return [plain_value(each) for each in value]
    if isinstance(value, Font):
        return {"size": value.size, **({"bold": True} if value.bold else {}), **({"mono": True} if value.mono else {})}
    fields = value.__slots__  # as all marks have them
    return {name: plain for name in fields if (plain := plain_value(getattr(value, name))) not in LEFT_OUT}


def colours(themes: Mapping[str, Mapping[str, str]] = THEMES, name: str = "course-play") -> str:
    """The roles of both themes as a style sheet for elements of the class `name`: `--ink` and the like.

    They are dark where the page is dark. What is of the class `fill-ink` or `stroke-ink` in there has that colour.
    """
    light, dark = (
        "".join(f"--{role.replace(' ', '-')}:{colour};" for role, colour in themes[name].items())
        for name in ("light", "dark")
    )
    classes = "".join(
        f".{name} .{how}-{role.replace(' ', '-')}{{{how}:var(--{role.replace(' ', '-')})}}"
        for role in themes["light"]
        for how in ("fill", "stroke")
    )
    return (
        f".{name}{{color-scheme:light;{light}}}"
        "@media (prefers-color-scheme: dark)"
        f"{{body:not([data-jp-theme-light]) .{name}{{color-scheme:dark;{dark}}}}}"
        f'[data-jp-theme-light="false"] .{name}{{color-scheme:dark;{dark}}}'
        f"{classes}"
    )
