"""The house rules that a program can check: who imports whom, what the rules never touch, and how long things get."""

import ast
import re
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import pytest

import course

PACKAGE = Path(course.__file__).parent
FILES = {
    path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")
}
ROOMS = sorted({name.split("/")[0] for name in FILES if "/" in name})

BELOW_TRACE = ("ip", "tcp", "octets", "errors")
WORLD = ("sockets", "trace", *BELOW_TRACE)
MAY_IMPORT = {  # check, lab, cli and the widgets may import anything
    "octets": (),
    "errors": (),
    "table": (),
    "tcp": ("octets", "errors"),
    "ip": ("tcp", "octets", "errors"),
    "trace": ("table", *BELOW_TRACE),
    "sockets": ("trace", "errors", "tcp.state"),
    "sim": WORLD,
    "real": ("table", *WORLD),
    "apps": ("errors", "sockets.host"),
    "view": ("trace", *BELOW_TRACE),
    "twins": ("run", "trace", "table", *BELOW_TRACE),
    "run": WORLD,  # and the pictures, but those when asked
    "checked": ("errors", "tcp", "sim.middleboxes", "sim.outages"),
    "scenario": ("run", "checked", *WORLD),  # and the worlds, but those when asked
    "captures": ("run", "scenario", "apps", *WORLD),
    "saved": ("scenario", "checked", "sim", "apps", *WORLD),
}
WHEN_ASKED = {"run": ("sim", "view"), "scenario": ("sim", "real", "twins", "view.widgets", "saved")}
CLOCKS_AND_WIRES = (
    "asyncio datetime io logging os pathlib random secrets select selectors socket subprocess sys threading time"
)
HEAVY = {"matplotlib": {"view"}, "anywidget": {"widgets"}, "ipywidgets": {"widgets"}, "greenlet": {"sim"}}
NESTS = (ast.If, ast.For, ast.While, ast.With, ast.Try)


def room_of(name):
    return "widgets" if name.startswith("view/widgets/") else name.split("/")[0].removesuffix(".py")


def imports(tree, *, inside_functions=True):
    """The full names of the modules that a file imports, those for type checkers left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (module_behind(node.module or ".", alias.name) for alias in node.names)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            yield from (name for other in node.orelse for name in imports(other))
        elif inside_functions or not isinstance(node, ast.FunctionDef):
            yield from imports(node, inside_functions=inside_functions)


def module_behind(module, name):
    """`from course.tcp import output` imports the module course.tcp.output, if there is one."""
    inner = f"{module}.{name}".removeprefix("course.").replace(".", "/") + ".py"
    return f"{module}.{name}" if inner in FILES else module


def is_in(module, rooms):
    return any(f"{module}.".startswith(f"course.{room}.") for room in rooms)


@pytest.mark.parametrize("name", [name for name in FILES if room_of(name) in MAY_IMPORT])
def test_a_room_imports_only_the_rooms_below_it(name):
    room, tree = room_of(name), FILES[name]
    allowed = (room, *MAY_IMPORT[room])
    ours = [module for module in imports(tree) if module.startswith("course")]
    at_once = [module for module in imports(tree, inside_functions=False) if module.startswith("course")]

    assert [module for module in ours if not is_in(module, (*allowed, *WHEN_ASKED.get(room, ())))] == []
    assert [module for module in at_once if not is_in(module, allowed)] == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_read_in_the_order_in_which_it_is_imported(room):
    """The docstring of its `__init__` lists the modules: a line for each, its name, two spaces, what it is."""
    modules = sorted(
        name.split("/")[1].removesuffix(".py") for name in FILES if re.fullmatch(rf"{room}/[a-z0-9_]*.py", name)
    )
    modules.remove("__init__")
    docstring = ast.get_docstring(FILES[f"{room}/__init__.py"], clean=False) or ""
    order = [word for word in re.findall(r"^ *(\w+)  ", docstring, re.MULTILINE) if word in modules]

    assert sorted(order) == modules
    for earlier, later in combinations(order, 2):
        assert f"course.{room}.{later}" not in imports(FILES[f"{room}/{earlier}.py"]), f"{earlier} imports {later}"


@pytest.mark.parametrize("name", [name for name in FILES if room_of(name) == "tcp"])
def test_the_rules_have_no_clock_no_wire_and_no_dice(name):
    assert {module.split(".")[0] for module in imports(FILES[name])}.isdisjoint(CLOCKS_AND_WIRES.split())
    called = {
        node.func.id for node in ast.walk(FILES[name]) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called.isdisjoint({"open", "print", "input"})


@pytest.mark.parametrize("name", FILES)
def test_heavy_libraries_stay_in_their_room(name):
    outside = {library for library, rooms in HEAVY.items() if room_of(name) not in rooms}

    assert {module.split(".")[0] for module in imports(FILES[name])}.isdisjoint(outside)


def test_importing_the_course_imports_none_of_them():
    program = "import sys, course; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()

    assert set(loaded).isdisjoint({"matplotlib", "ipywidgets", "anywidget", "IPython", "numpy", "jupyterlab"})


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_named_by_one_word(name):
    assert re.fullmatch(r"([a-z0-9]+/)*([a-z0-9]+|__init__|__main__)\.py", name)


@pytest.mark.parametrize("name", FILES)
def test_a_reader_can_hold_any_file_and_any_function(name):
    assert len((PACKAGE / name).read_text(encoding="utf-8").splitlines()) <= 300
    functions = [node for node in ast.walk(FILES[name]) if isinstance(node, ast.FunctionDef)]
    assert [function.name for function in functions if length(function) > 25] == []
    deepest = 3 if room_of(name) == "apps" else 2  # programs are written as every textbook writes them
    assert [function.name for function in functions if depth(function) > deepest] == []


def length(function):
    """The lines of a function without its docstring."""
    first = function.body[0] if ast.get_docstring(function) else None
    return function.end_lineno - function.lineno + 1 - (first.end_lineno - first.lineno + 1 if first else 0)


def depth(node):
    """How deep a function's blocks stand in each other; an elif is no deeper than its if."""
    nests, deepest = isinstance(node, NESTS), 0
    for child in ast.iter_child_nodes(node):
        is_elif = isinstance(node, ast.If) and isinstance(child, ast.If) and node.orelse == [child]
        if not isinstance(child, ast.FunctionDef):
            deepest = max(deepest, depth(child) + (nests and not is_elif))
    return max(deepest, nests)
