"""Addresses octet by octet: what Python packs for us, what the kernel makes of mistakes, and that none is a crash."""

import contextlib
import errno
import os
import socket
import sys

import pytest

from course.real import sockaddr
from course.real.addresses import OwnAddresses, has_several
from course.real.descriptors import after

PORT = 7003
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems lay addresses out differently")
little_endian = pytest.mark.skipif(sys.byteorder == "big", reason="on a big-endian machine both orders are one")


@pytest.fixture
def address():
    """An address at which nobody else is."""
    if not has_several():
        yield "127.0.0.1"
        return
    with contextlib.closing(OwnAddresses(["host"])) as own:
        yield own.hosts["host"]


def errno_of(call, *arguments, **more):
    with pytest.raises(OSError) as raised:  # noqa: PT011 - which one it is, is what is asked
        call(*arguments, **more)
    return errno.errorcode[raised.value.errno]


def test_a_hand_made_address_is_what_python_would_have_packed(address):
    seen = sockaddr.bound(sockaddr.inet(address, PORT))

    assert seen.said == (address, PORT)
    assert seen.octets[2:8] == seen.given.octets[2:8] == b"\x1b\x5b" + socket.inet_aton(address)


@little_endian
def test_a_port_in_host_order_is_another_port(address):
    """7003 is 0x1B5B, and 0x5B1B is 23323; 8080 becomes 36895, which may be taken: it is no port of a server's."""
    assert sockaddr.bound(sockaddr.inet(address, PORT, order="host")).said == (address, 23323)
    assert sockaddr.bound(sockaddr.inet(address, PORT).swapped("sin_port")).said == (address, 23323)
    assert sockaddr.inet(address, 8080, order="host").octets[2:4] == (36895).to_bytes(2, "big")


@on_linux
@little_endian
def test_the_family_stays_in_host_order(address):
    swapped = sockaddr.inet(address, 0).swapped("sin_family")

    assert errno_of(sockaddr.bound, swapped) == "EAFNOSUPPORT"


@little_endian
def test_an_address_the_other_way_round_is_another_address():
    assert sockaddr.inet("127.0.0.1", 0).swapped("sin_addr").octets[4:8] == socket.inet_aton("1.0.0.127")


def test_another_familys_address_is_refused():
    if socket.has_ipv6:
        given = sockaddr.inet6("::1", 0)
        assert errno_of(sockaddr.bound, given, family=socket.AF_INET) in ("EAFNOSUPPORT", "EINVAL")


@on_linux
def test_the_fields_lie_where_the_header_files_say(address):
    """netinet/in.h, sys/un.h."""
    assert [(one.name, len(one.octets)) for one in sockaddr.inet(address, 1).fields] == [
        ("sin_family", 2),
        ("sin_port", 2),
        ("sin_addr", 4),
        ("sin_zero", 8),
    ]
    assert [(one.name, len(one.octets)) for one in sockaddr.inet6("::1", 1).fields] == [
        ("sin6_family", 2),
        ("sin6_port", 2),
        ("sin6_flowinfo", 4),
        ("sin6_addr", 16),
        ("sin6_scope_id", 4),
    ]
    assert [one.name for one in sockaddr.unix("path").fields] == ["sun_family", "sun_path"]


def test_on_the_bsds_an_address_begins_with_its_length(monkeypatch):
    monkeypatch.setattr(sockaddr, "HAS_LENGTH", True)

    assert sockaddr.inet("127.0.0.1", 80).octets.hex() == "1002" + "0050" + "7f000001" + "00" * 8
    assert sockaddr.inet6("::1", 80).octets[:2] == bytes([28, socket.AF_INET6])
    assert sockaddr.unix("path").octets == bytes([6, socket.AF_UNIX]) + b"path"
    assert len(sockaddr.unix("x" * 300).octets) == 302


def test_windows_is_told_why_not(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")

    assert errno_of(sockaddr.c_library, "bind") == "ENOTSUP"


@pytest.mark.skipif(not socket.has_ipv6, reason="this Python has no IPv6")
def test_ipv6_is_bound_where_the_machine_has_it():
    try:
        said = sockaddr.bound(sockaddr.inet6("::1", 0)).said
    except OSError as error:
        assert error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)
    else:
        assert (said[0], said[2:]) == ("::1", (0, 0))


# ------------------------------------------------ paths


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_relative_path_will_do_and_is_removed_again(here):
    assert sockaddr.bound(sockaddr.unix("relative")).said == "relative"
    assert list(here.iterdir()) == []


@on_linux
def test_an_abstract_name_begins_with_a_zero():
    name = b"\0course %d" % os.getpid()

    assert sockaddr.bound(sockaddr.unix(name)).said == name


@on_linux
def test_the_kernel_takes_108_octets_without_a_final_zero_and_no_more(here):
    """unix(7); Python wants room for the zero."""
    assert sockaddr.bound(sockaddr.unix("x" * 108)).said == "x" * 108
    assert errno_of(sockaddr.bound, sockaddr.unix("x" * 109)) == "EINVAL"
    with socket.socket(socket.AF_UNIX) as fresh, pytest.raises(OSError, match="too long"):
        fresh.bind("x" * 108)
    assert list(here.iterdir()) == []


# ------------------------------------------------ lengths


@pytest.mark.parametrize("length", [-1, 0, 1, 2, 15, 2**31 - 1, 2**31, 2**40 - 1])
def test_a_length_that_cannot_be_is_refused(address, length):
    assert errno_of(sockaddr.bound, sockaddr.inet(address, 0), length) in ("EINVAL", "ENAMETOOLONG", "EAFNOSUPPORT")


@on_linux
def test_a_length_beyond_the_address_reads_on_and_beyond_128_is_refused(address):
    assert sockaddr.bound(sockaddr.inet(address, 0), 128).said[0] == address
    assert errno_of(sockaddr.bound, sockaddr.inet(address, 0), 129) == "EINVAL"


def test_getsockname_writes_as_much_as_there_is_room_and_says_how_much_it_would_take():
    with socket.socket() as fresh:
        fresh.bind(("127.0.0.1", 0))
        octets, length = sockaddr.getsockname(fresh, 4)
        whole, _ = sockaddr.getsockname(fresh)

    assert (octets, length) == (whole[:4], 16)
    assert int.from_bytes(octets[2:], "big") != 0


def test_a_closed_socket_is_an_errno_as_well():
    with socket.socket() as fresh:
        fresh.close()
        assert errno_of(sockaddr.getsockname, fresh) == "EBADF"


def test_nothing_is_left_open(address):
    assert after(sockaddr.bound, sockaddr.inet(address, 0)).kinds == []
    assert after(errno_of, sockaddr.bound, sockaddr.inet(address, 0), 1).kinds == []


# ------------------------------------------------ what is shown


def test_the_fields_are_a_table(address):
    lines = repr(sockaddr.inet("127.0.0.1", 8080)).splitlines()

    assert lines[0] == "struct sockaddr_in, 16 octets"
    assert lines[1].split() == ["octet", "field", "octets", "says"]
    assert lines[3].split() == ["2", "sin_port", "1f", "90", "8080,", "network", "order"]
    assert "<table>" in sockaddr.inet("127.0.0.1", 8080)._repr_html_()
    assert repr(sockaddr.bound(sockaddr.inet(address, PORT))).splitlines()[2] == f"Python ('{address}', {PORT})"


def test_a_field_that_is_not_there_is_a_mistake_with_a_hint():
    with pytest.raises(ValueError, match="sin_port"):
        sockaddr.inet("127.0.0.1", 80).swapped("port")


def test_there_is_a_loopback_address_on_every_system(monkeypatch):
    assert sockaddr.bound(sockaddr.inet(sockaddr.loopback(), 0)).said[0] == sockaddr.loopback()
    monkeypatch.setattr(sockaddr, "has_several", lambda: False)
    assert sockaddr.loopback() == "127.0.0.1"


def test_a_port_that_does_not_fit_and_another_order_are_refused():
    for port in (-1, 65_536):
        with pytest.raises(OverflowError, match=f"sin_port has 2 octets: its number must be 0-65535, not {port}"):
            sockaddr.inet("127.0.0.1", port)
    with pytest.raises(ValueError, match='write "network" or "host"'):
        sockaddr.inet("127.0.0.1", 80, order="big")
