"""The table of descriptors: what is in it, and what each call adds to it or takes away."""

import os
import re
import socket
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from course.real import descriptors
from course.real.child import child
from course.real.descriptors import after, watching
from course.real.grid import grid

STREAM = "socket AF_INET SOCK_STREAM"


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.settimeout(10)
        yield made


def test_a_long_table_can_be_cut_off_and_says_what_else_there_is(listener):
    everything = [each.kind for each in descriptors.descriptors().values()]
    cut = descriptors.table(2)

    assert [number for number, _, _ in cut.rows] == [row[0] for row in descriptors.table().rows[:2]]
    assert cut.note.startswith(f"And {len(everything) - 2} more: ")
    assert f"socket ({everything[2:].count('socket')})" in cut.note
    assert descriptors.table().note == descriptors.table(len(everything)).note == ""


def test_the_table_says_what_each_number_stands_for(listener, tmp_path):
    reading, writing = os.pipe()
    path = tmp_path / "file"
    with path.open("w") as file:
        held = descriptors.descriptors()
        text = repr(descriptors.table())
        told = {str(held[each]).split(" ", 1)[1] for each in (reading, writing, listener.fileno(), file.fileno())}
    os.close(reading)
    os.close(writing)

    assert told == {"pipe", f"{STREAM}, listens", f"file {path if Path('/proc/self/fd').is_dir() else ''}".rstrip()}
    assert text.splitlines()[1].split() == ["number", "kind", "what", "it", "is"]
    assert re.search(rf"\n *{listener.fileno()}  socket ", text)


@pytest.mark.skipif(not hasattr(os, "eventfd") or not Path("/proc/self/fd").is_dir(), reason="only Linux tells")
def test_what_is_no_file_has_the_kernels_name_for_it():
    number = os.eventfd(0)
    told = descriptors.described(number)
    os.close(number)

    assert (told.kind, told.what) == ("eventfd", "")


def test_the_history_of_a_notebook_is_written_before_one_looks(monkeypatch):
    """IPython opens files from a thread while a cell begins; they are nothing that the cell did."""
    written = []
    history = SimpleNamespace(writeout_cache=lambda: written.append(1))
    shell = SimpleNamespace(history_manager=history)
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))

    with watching():
        assert written == [1]


def test_socket_adds_a_descriptor_and_close_takes_it_away():
    made = after(socket.socket)
    gone = after(made.result.close)

    assert (made.kinds, gone.kinds) == ([f"+ {STREAM}"], [f"- {STREAM}"])
    assert made.added[0].number == gone.gone[0].number


def test_the_lowest_free_number_is_given_again():
    """socket(2) and open(2): "the lowest-numbered file descriptor not currently open"."""
    first, second = after(socket.socket), after(socket.socket)
    number = first.result.fileno()
    first.result.close()
    third = after(socket.socket)
    second.result.close()
    third.result.close()

    assert third.added[0].number == number


def test_bind_and_listen_add_nothing_and_accept_adds_a_new_one(listener):
    with socket.create_connection(listener.getsockname()), socket.socket() as fresh:
        assert after(fresh.bind, ("127.0.0.1", 0)).kinds == []
        assert after(fresh.listen).kinds == []
        accepted = after(listener.accept)
        accepted.result[0].close()

    assert accepted.kinds == [f"+ {STREAM}"]


def test_dup_adds_a_number_for_the_same_thing():
    with socket.socket() as fresh:
        again = after(os.dup, fresh.fileno())
        held = descriptors.descriptors()
        os.close(again.result)
        number = fresh.fileno()

    assert again.added[0].thing == held[number].thing
    assert again.added[0].number != number


def test_a_number_that_was_closed_and_given_again_has_changed():
    with socket.socket() as fresh:
        number = fresh.fileno()
        with watching() as seen:
            fresh.close()
            again = socket.socket()
        again.close()

    assert seen.kinds == [f"+ {STREAM}", f"- {STREAM}"]
    assert {each.number for each in (*seen.added, *seen.gone)} == {number}


def test_what_a_call_raises_is_raised_and_the_change_is_known_all_the_same():
    closed = socket.socket()
    closed.close()
    with pytest.raises(OSError, match="descriptor"):
        after(closed.getsockname)
    with watching() as seen, pytest.raises(ZeroDivisionError), socket.socket():
        raise ZeroDivisionError

    assert repr(seen) == "no descriptor more, and none less"


def test_a_change_prints_a_line_for_each_descriptor():
    seen = after(socket.socket)
    number = seen.result.fileno()
    seen.result.close()

    assert repr(seen) == f"+ {number} {STREAM}"


def test_another_process_has_a_table_of_its_own():
    """Its pipes to us are ours to close; the socket that it was given is one of each."""
    program = "import os, sys; print(os.fstat(int(sys.argv[1])).st_ino)"
    with socket.socket() as given:
        number, thing = given.fileno(), descriptors.described(given.fileno()).thing
        with child(program, str(number), descriptors=(number,)) as process:
            told, _ = process.communicate(timeout=10)
    assert int(told) == thing[1]


def test_a_child_that_would_run_for_ever_is_killed_at_the_end_of_its_block():
    with watching() as seen:
        with child() as process:
            assert process.poll() is None
        assert process.returncode < 0
    assert seen.kinds == []


@pytest.mark.parametrize("listings", [("/nowhere",), ("/nowhere", "/dev/fd")])
def test_a_system_without_proc_is_asked_number_by_number(listings, monkeypatch):
    monkeypatch.setattr(descriptors, "LISTINGS", listings)
    with socket.socket() as fresh:
        held = descriptors.descriptors()

        assert held[fresh.fileno()].what == "AF_INET SOCK_STREAM"
        assert held[fresh.fileno()].kind == "socket"


def test_pictures_and_tables_escape_what_they_show(tmp_path):
    with (tmp_path / "<b>").open("w"):
        html = descriptors.table()._repr_html_()

    assert "&lt;b&gt;" in html
    assert html.count('scope="col"') == 3
    assert "<caption" in html


# ------------------------------------------------ the grid


def test_the_grid_has_the_answers_that_every_system_gives():
    seen = grid()

    assert seen["AF_INET", "SOCK_STREAM", "0"] == "OK"
    assert seen["AF_INET", "SOCK_STREAM", "IPPROTO_TCP"] == "OK"
    assert seen["AF_INET", "SOCK_DGRAM", "IPPROTO_UDP"] == "OK"
    assert seen["AF_UNIX", "SOCK_STREAM", "0"] == "OK"
    assert seen["AF_INET", "SOCK_STREAM", "IPPROTO_UDP"].startswith("EPROTO")
    assert seen["AF_INET", "SOCK_DGRAM", "IPPROTO_TCP"].startswith("EPROTO")


def test_the_grid_leaves_nothing_open():
    assert after(grid).kinds == []


def test_the_grid_says_which_names_are_not_known_here():
    seen = grid(families=("AF_NOWHERE",), types=("SOCK_STREAM",))

    assert set(seen.answers.values()) == {"no such name here"}


def test_the_grid_prints_a_row_for_each_family_and_type():
    seen = grid(families=("AF_INET",), types=("SOCK_STREAM", "SOCK_DGRAM"))
    lines = repr(seen).splitlines()

    assert lines[1].split() == ["family", "type", "0", "IPPROTO_TCP", "IPPROTO_UDP", "IPPROTO_SCTP"]
    assert [line.split()[1] for line in lines[2:]] == ["SOCK_STREAM", "SOCK_DGRAM"]
    assert seen._repr_html_().count("<tr>") == 3
