"""Functions as plain text, with what they refer to, so that another process runs the code that stands in the cell.

A function cannot be handed to a fresh process, its text can. Names that the text uses are defined in front of it: a
module is imported, a function of the same notebook or file is written down as well, a number, a string or octets are
written down as they are. Whatever else this process has, as an open socket, another one cannot get by its name.
"""

import ast
import builtins
import dis
import inspect
import textwrap
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

from course.errors import ScenarioError


def text(*functions: Callable[..., Any]) -> str:
    """A program that defines these functions and all that they use. ScenarioError for what cannot be written down."""
    known: dict[str, Any] = {}
    lines = ["from __future__ import annotations"]  # what those name need not be known there
    for function in functions:
        lines += defined(function.__name__, function, function.__module__, known)
    return "\n".join(lines)


def defined(name: str, value: Any, home: str, known: dict[str, Any]) -> Iterator[str]:
    """The definitions of what a value uses, and of the value itself; nothing if it is among those that are known."""
    if name in known:
        if known[name] is not value and known[name] != value:
            raise ScenarioError(f"the two programs mean different things by {name}: give one of them another name")
        return
    known[name] = value
    if isinstance(value, FunctionType) and value.__module__ == home:
        for other, used in uses(value).items():
            yield from defined(other, used, home, known)
        yield source(value)
    else:
        yield imported(name, value) or written(name, value)


def uses(function: FunctionType) -> dict[str, Any]:
    """What the names that a function uses and has not made itself stand for; those that stand for nothing left out."""
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    known = dict(zip(function.__code__.co_freevars, cells, strict=True))
    for name in names(function.__code__):
        if name in function.__globals__:
            known[name] = function.__globals__[name]
    return known


def names(code: CodeType) -> Iterator[str]:
    """The global names in a function's code, and in that of the functions inside of it."""
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield step.argval
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from names(inner)


def source(function: FunctionType) -> str:
    """The text of a function, from `def` on."""
    name = function.__name__
    if not name.isidentifier():
        raise ScenarioError("a lambda has no text of its own: write it as a function, with def and a name")
    try:
        told = textwrap.dedent(inspect.getsource(function))
    except OSError as error:
        raise ScenarioError(f"the text of {name} is not known here: write it in a notebook or in a file") from error
    [tree] = ast.parse(told).body
    if not isinstance(tree, ast.FunctionDef):
        raise ScenarioError(f"{name} has to be a plain function that begins with def")
    return "\n".join(told.splitlines()[tree.lineno - 1 :])  # without its decorators


def imported(name: str, value: Any) -> str:
    """The import that gives this value a name; nothing if there is none."""
    if isinstance(value, ModuleType):
        return f"import {value.__name__} as {name}" if name != value.__name__ else f"import {name}"
    module, inside = getattr(value, "__module__", None), getattr(value, "__qualname__", "")
    if not isinstance(module, str) or module == "__main__" or not inside.isidentifier():
        return ""
    if module == builtins.__name__:
        return f"{name} = {inside}"
    return f"from {module} import {inside} as {name}" if name != inside else f"from {module} import {name}"


def written(name: str, value: Any) -> str:
    """An assignment of a value that can be written down."""
    plain = int(value) if isinstance(value, int) and not isinstance(value, bool) else value
    try:
        if ast.literal_eval(repr(plain)) == plain:
            return f"{name} = {plain!r}"
    except (ValueError, SyntaxError):
        pass
    kind = type(value).__name__
    raise ScenarioError(
        f"{name} is a {kind} of this process, and another process cannot have it: make it in the function that is "
        "given as before=, or inside of the program"
    )
