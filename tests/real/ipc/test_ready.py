"""Each of the means between two real processes, and what was found out of all of them."""

import signal

import pytest

from course.errors import TalkFailed
from course.real import ipc

HEARD = dict.fromkeys(ipc.EXAMPLES, b"hello") | {"signal": signal.SIGUSR1, "semaphore": None}


@pytest.mark.parametrize("name", ipc.EXAMPLES)
def test_what_one_says_the_other_hears_and_again_if_the_cell_is_run_twice(name):
    first, second = ipc.example(name), ipc.example(name)

    assert first.results["reader"] == second.results["reader"] == HEARD[name]
    assert repr(first) == repr(second)


def test_an_example_that_is_not_there_is_a_mistake_with_a_hint():
    with pytest.raises(ValueError, match="there are: pipe"):
        ipc.example("telepathy")


def test_the_table_of_traits_is_what_the_manuals_say():
    """pipe(7), fifo(7), unix(7), svipc(7): streams have no boundaries, messages and datagrams have."""
    rows = {name: rest for name, *rest in ipc.traits().rows}
    together, apart = ["helloworld"], ["hello"]

    assert [rows[name][0] for name in ("pipe", "FIFO", "socketpair, STREAM", "AF_UNIX, path")] == together * 4
    assert [rows[name][0] for name in ("message queue", "socketpair, DGRAM")] == apart * 2
    assert {name for name, row in rows.items() if row[1] == "one way"} == {"pipe", "FIFO"}
    assert {name.split(",")[0] for name, row in rows.items() if "inheritance" in row[2]} == {"pipe", "socketpair"}
    assert {name for name, row in rows.items() if row[3] == "its name stays"} == {"FIFO", "AF_UNIX, path"}
    assert rows["message queue"][3] == "stays, with what is in it"
    assert rows["FIFO"][4] == "a path: FIFO"


def test_where_a_call_is_missing_the_example_says_so(monkeypatch):
    def before(here):
        return ipc.libc.call("no_such_call", ())

    def idle():
        return None

    with pytest.raises(TalkFailed, match="not implemented"):
        ipc.talk(idle, idle, before=before)
