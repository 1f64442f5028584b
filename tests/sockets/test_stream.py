"""makefile(): a socket as a file, buffered as all of Python's files are."""

import io

import pytest

from course import TcpParameters
from course.errors import ProgramFailed
from tests.talk import error, hear, idle, reset, say, talk


def spoken(speak):
    """What the server hears when the client speaks through a file."""
    return talk(hear, speak).results["server"]


def heard(listen, octets):
    """What the server's program makes of the octets."""
    return talk(listen, say(octets)).results["server"]


# ---------------------------------------------------------------- modes


def test_text_is_read_by_lines():
    def listen(host, connection):
        with connection.makefile("r", encoding="utf-8") as lines:
            return list(lines)

    assert heard(listen, "eins\nzwölf\r\nno end".encode()) == ["eins\n", "zwölf\n", "no end"]


def test_reading_text_is_the_default():
    def listen(host, connection):
        with connection.makefile() as first, connection.makefile("") as second:
            return first.readline(), isinstance(first, io.TextIOWrapper), isinstance(second, io.TextIOWrapper)

    assert heard(listen, b"line\n") == ("line\n", True, True)


def test_text_is_written_and_arrives_encoded():
    def speak(host, connection):
        with connection.makefile("w", encoding="utf-8", newline="\r\n") as file:
            print("zwölf", file=file)

    assert spoken(speak) == "zwölf\r\n".encode()


def test_encoding_errors_and_newline_are_those_of_open():
    def listen(host, connection):
        with connection.makefile("r", encoding="ascii", errors="replace", newline="") as file:
            return file.read()

    assert heard(listen, b"a\xffb\r\n") == "a\N{REPLACEMENT CHARACTER}b\r\n"


def test_octets_are_read_as_many_as_one_asks_for():
    """io.BufferedReader: read(n) waits for n octets, unlike recv(n)."""

    def listen(host, connection):
        with connection.makefile("rb") as file:
            return file.read(3), file.readline(), file.read(), file.read()

    def speak(host, connection):
        for octets in (b"a", b"bcli", b"ne\nre", b"st"):
            connection.sendall(octets)
            host.sleep(1)

    assert talk(listen, speak).results["server"] == (b"abc", b"line\n", b"rest", b"")


def test_b_alone_reads_octets():
    def listen(host, connection):
        with connection.makefile("b") as file:
            return isinstance(file, io.BufferedReader), file.read()

    assert heard(listen, b"octets") == (True, b"octets")


def test_what_is_written_waits_in_the_buffer_until_it_is_flushed():
    def speak(host, connection):
        file = connection.makefile("wb")
        file.write(b"one ")
        file.write(b"two")
        host.sleep(1)
        file.flush()
        file.close()

    run = talk(hear, speak)

    assert run.results["server"] == b"one two"
    assert [sent.at for sent in run.trace.sent if sent.segment.data] == [1.1]


def test_the_buffer_is_as_large_as_one_wishes():
    def speak(host, connection):
        with connection.makefile("wb", 4) as file:
            file.write(b"123")
            host.sleep(1)
            file.write(b"456")
            host.sleep(1)

    run = talk(hear, speak)

    assert run.results["server"] == b"123456"
    assert min(sent.at for sent in run.trace.sent if sent.segment.data) == 1.1


@pytest.mark.parametrize("mode", ["rwb", "rw", "wr"])
def test_a_file_may_be_read_and_written(mode):
    def client(host, connection):
        with connection.makefile(mode) as file:
            file.write(b"ping\n" if "b" in mode else "ping\n")
            file.flush()
            return file.readline()

    def serve(host, connection):
        connection.sendall(connection.recv(10).upper())

    assert talk(serve, client).results["client"] in ("PING\n", b"PING\n")


def test_a_file_that_is_only_read_cannot_be_written_and_the_other_way_round():
    def call(host, connection):
        with connection.makefile("rb") as reader, connection.makefile("wb") as writer:
            said = [reader.readable(), reader.writable(), writer.readable(), writer.writable()]
            for wrong in (lambda: reader.write(b"x"), lambda: writer.read(1)):
                with pytest.raises(io.UnsupportedOperation):
                    wrong()
            return said

    assert talk(hear, call).results["client"] == [True, False, False, True]


@pytest.mark.parametrize("mode", ["x", "rx", "r+", "a", "U"])
def test_other_modes_are_refused(mode):
    """As the socket module: ValueError."""
    with pytest.raises(ProgramFailed, match=r"only r, w, b allowed") as failed:
        talk(hear, lambda host, connection: connection.makefile(mode))

    assert isinstance(failed.value.__cause__, ValueError)


# ---------------------------------------------------------------- unbuffered


def test_without_a_buffer_every_read_is_one_recv_and_every_write_one_send():
    def listen(host, connection):
        with connection.makefile("rb", buffering=0) as file:
            first = file.read(2)
            buffer = bytearray(4)
            return first, file.readinto(buffer), bytes(buffer), file.read(9), file.read(9)

    def speak(host, connection):
        with connection.makefile("wb", buffering=0) as file:
            return file.write(b"1234"), host.sleep(1), file.write(b"5")

    run = talk(listen, speak)

    assert run.results["client"] == (4, None, 1)
    assert run.results["server"] == (b"12", 2, b"34\0\0", b"5", b"")
    sends = [record.called.name for record in run.trace.returns if record.called.program == "client"]
    assert sends == ["socket", "connect", "send", "sleep", "send", "close"]


def test_text_needs_a_buffer():
    """As the socket module: ValueError, here with what to write instead."""
    with pytest.raises(ProgramFailed, match='add "b" to the mode'):
        talk(hear, lambda host, connection: connection.makefile("r", 0))


def test_a_socket_that_does_not_wait_reads_and_writes_none():
    """io.RawIOBase: None when nothing can be read or written at the moment."""

    def call(host, connection):
        connection.setblocking(False)  # noqa: FBT003 - the socket module's own signature
        with connection.makefile("rwb", buffering=0) as file:
            return file.read(1), file.write(b"x" * 5000), file.write(b"y")

    run = talk(hear, call, tcp={"client": TcpParameters(send_buffer=3000)})

    assert run.results["client"] == (None, 3000, None)


def test_a_timeout_goes_through_a_file():
    def call(host, connection):
        connection.settimeout(0.5)
        with connection.makefile("rb") as file:
            return error(file.read, 1)

    assert talk(hear, call).results["client"] == "TimeoutError"


def test_an_error_goes_through_a_file():
    def call(host, connection):
        with connection.makefile("rb") as file:
            return error(file.read, 1)

    assert talk(reset, call).results["client"] == "ECONNRESET"


# ---------------------------------------------------------------- closing


def fins(run, before):
    return [sent.name for sent in run.trace.sent if sent.segment.fin and sent.at < before]


def test_a_socket_with_a_live_file_says_no_fin_when_it_is_closed():
    """As on Linux, measured; misconception M50: the last one who holds it closes it."""

    def call(host, connection):
        file = connection.makefile("rb")
        connection.close()
        host.sleep(5)
        file.close()
        host.sleep(5)

    run = talk(lambda host, connection: (hear(host, connection), host.now()), call)

    assert run.results["server"] == (b"", pytest.approx(5.15))
    assert fins(run, before=5) == []


def test_a_file_can_be_used_after_its_socket_was_closed():
    def call(host, connection):
        with connection.makefile("rwb") as file:
            connection.close()
            file.write(b"ping")
            file.flush()
            return file.read(4)

    def serve(host, connection):
        connection.sendall(connection.recv(10).upper())

    assert talk(serve, call).results["client"] == b"PING"


def test_the_socket_closes_with_the_last_of_several_files():
    def call(host, connection):
        first, second = connection.makefile("rb", buffering=0), connection.makefile("wb")
        connection.close()
        host.sleep(1)
        first.close()
        first.close()
        host.sleep(1)
        second.close()

    run = talk(lambda host, connection: (hear(host, connection), host.now()), call)

    assert run.results["server"] == (b"", pytest.approx(2.15))


def test_closing_the_file_alone_leaves_the_connection_open():
    def call(host, connection):
        with connection.makefile("wb") as file:
            file.write(b"through the file, ")
        connection.sendall(b"and past it")

    assert spoken(call) == b"through the file, and past it"


def test_closing_a_file_sends_what_it_still_holds():
    def call(host, connection):
        file = connection.makefile("w")
        file.write("buffered")
        file.close()

    assert spoken(call) == b"buffered"


def test_http_s_way_of_closing_works():
    """http.client closes the socket first and reads the answer through the file to its end."""

    def call(host, connection):
        file = connection.makefile("rb")
        connection.close()
        with file:
            return file.read()

    assert talk(say(b"the answer"), call).results["client"] == b"the answer"


def test_a_file_knows_its_socket_and_its_mode():
    def call(host, connection):
        with connection.makefile("rb", buffering=0) as raw:
            return raw.socket is connection, raw.mode, raw.seekable(), raw.closed

    assert talk(idle, call).results["client"] == (True, "rb", False, False)
