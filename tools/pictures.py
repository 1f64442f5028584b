"""Make the README's pictures from a run: python -m tools.pictures."""

from pathlib import Path

from course import Scenario, faults
from course.apps import echo

PICTURES = Path(__file__).resolve().parent.parent / "docs"


def main() -> None:
    """Draw the echo with its first data segment lost, for light and for dark pages."""
    talk = Scenario(server=echo.server, client=echo.client, delay=0.050, faults=[faults.drop("client", 3)])
    picture = talk.run().ladder(title="echo, with its first data segment lost", until=1.5)
    for theme in ("light", "dark"):
        picture.save(PICTURES / f"ladder-{theme}.png", theme=theme)


if __name__ == "__main__":
    main()
