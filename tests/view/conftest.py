"""The same browser as the lab's."""

from tests.lab.conftest import page

__all__ = ["page"]
