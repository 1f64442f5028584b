"""What two processes did, call by call: each writes a journal, and the calls in a program's text are what it writes of.

In the text of a program each call, as in `os.write(writing, b"hello")`, is wrapped into one that writes down how it
began and how it ended. The program does the same as before. Calls of Python's own functions, such as len(), and of
functions that the text defines are left as they are; what those call in turn is written down.
"""

import ast
import builtins
import errno
import os
import re
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any

RECORD = "__record__"
PLAIN = set(dir(builtins)) - {"open"}
LONGEST = 60  # characters of a value in a table
CONSTANT = r"(?:[a-z]\w*\.)?[A-Z][A-Z0-9_]+|0o[0-7]+"
CONSTANTS = re.compile(rf"(?:{CONSTANT})(?: *\| *(?:{CONSTANT}))*")
ENUM = re.compile(r"<\w+\.(\w+): [^>]*>")
THING = re.compile(r"<(?:[\w.]*\.)?(\w+)\b[^<>]*>")


class Journal:
    """What one process writes down: a line for each thing, at once, so that a sudden end loses nothing."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, kind: str, *said: Any) -> None:
        """One line: "begins", "returns", "fails", "prints", "ends" and the like, and what there is to say."""
        line = repr((os.getpid(), kind, *said)).encode("utf-8", "backslashreplace")
        os.write(self._descriptor, line + b"\n")

    def call(self, text: str, texts: Sequence[str], function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Make a call, and write down how it began and what came of it; `texts` say what to show of arguments."""
        said = [short or shown(value) for short, value in zip_longest(texts, arguments, fillvalue="")]
        told = [*said, *[f"{name}={shown(value)}" for name, value in named.items()]]
        text = f"{text}({', '.join(told)})"
        self.write("begins", text)
        try:
            result = function(*arguments, **named)
        except BaseException as error:
            self.write("fails", text, name_of(error))
            raise
        self.write("returns", text, shown(result))
        return result

    def print(self, *values: Any, **named: Any) -> None:
        """What a program prints belongs to the record, too."""
        self.write("prints", named.get("sep", " ").join(map(str, values)))


class Recorded(ast.NodeTransformer):
    """A program's text with its calls wrapped; `own` are the functions that it defines itself."""

    def __init__(self, text: str, own: set[str]) -> None:
        self._text = text
        self._plain = PLAIN | own

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """f(x, os.O_RDWR) becomes __record__("f", ("", "os.O_RDWR"), f, x, os.O_RDWR)."""
        text = ast.Constant(ast.unparse(node.func))
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in self._plain:
            return node
        texts = ast.Tuple([ast.Constant(self._constant(each)) for each in node.args], ast.Load())
        recorder = ast.Name(RECORD, ast.Load())
        return ast.copy_location(ast.Call(recorder, [text, texts, node.func, *node.args], node.keywords), node)

    def _constant(self, node: ast.expr) -> str:
        """The text of an argument that is made of constants, as os.O_CREAT | 0o600; nothing for any other."""
        text = ast.get_source_segment(self._text, node) or ""
        return text if CONSTANTS.fullmatch(text) else ""


def recorded(text: str) -> ast.Module:
    """A program whose calls go through the name __record__."""
    tree = ast.parse(text)
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    changed: ast.Module = Recorded(text, own).visit(tree)
    return ast.fix_missing_locations(changed)


def shown(value: Any) -> str:
    """A value as a table shows it: constants by their names, things of the process by their kinds, much by its size."""
    if isinstance(value, bytes | bytearray | memoryview) and len(value) > LONGEST // 2:
        return f"{len(value)} octets"
    told = THING.sub(r"<\1>", ENUM.sub(r"\1", repr(value)))
    return told if len(told) <= LONGEST else f"{told[:LONGEST]}…"


def name_of(error: BaseException) -> str:
    """An error as a table shows it: its errno's name, "EPIPE", or its own."""
    number = error.errno if isinstance(error, OSError) else None
    return errno.errorcode.get(number or 0, type(error).__name__)
