"""The names of the socket module's constants, for the record."""

import socket

import pytest

from course.sockets.constants import option_names, shutdown_name


@pytest.mark.parametrize("name", ["SHUT_RD", "SHUT_WR", "SHUT_RDWR"])
def test_a_direction_has_its_name(name):
    assert repr(shutdown_name(getattr(socket, name))) == name


def test_what_is_no_direction_stays_a_number():
    assert shutdown_name(7) == 7


@pytest.mark.parametrize(
    ("level", "option"),
    [("SOL_SOCKET", "SO_REUSEADDR"), ("SOL_SOCKET", "SO_LINGER"), ("IPPROTO_TCP", "TCP_NODELAY")],
)
def test_an_option_has_its_level_s_and_its_own_name(level, option):
    assert repr(option_names(getattr(socket, level), getattr(socket, option))) == f"({level}, {option})"


def test_an_option_s_name_depends_on_its_level():
    """SO_DEBUG and TCP_NODELAY are both 1."""
    assert repr(option_names(socket.IPPROTO_TCP, 1)) == "(IPPROTO_TCP, TCP_NODELAY)"
    assert repr(option_names(socket.SOL_SOCKET, 1)) == "(SOL_SOCKET, 1)"


def test_what_has_no_name_stays_a_number():
    assert option_names(77, 1) == (77, 1)
    assert repr(option_names(socket.SOL_SOCKET, 9999)) == "(SOL_SOCKET, 9999)"
    assert repr(option_names(socket.IPPROTO_IP, 1)) == "(IPPROTO_IP, 1)"
