"""Datagrams in pictures: every word says what it is, and pictures of TCP leave them out."""

import pytest

from course import Scenario, faults
from course.apps import datagrams, echo
from course.trace.record import Sent
from course.view.excerpt import Choice
from course.view.layout import layout
from course.view.widgets.header import Header
from course.view.widgets.play import Play
from course.view.widgets.session import Session
from course.view.widgets.shown import Showing
from tests.view.bare import show

ECHO = Scenario(server=datagrams.echo_server, client=datagrams.echo_client, delay=0.050)
REFUSED = Scenario(server=datagrams.nobody, client=datagrams.connected_caller)


def beside(host):
    """TCP and UDP between the same two ports, at the same time."""
    with host.create_connection(("server", echo.PORT)) as connection:
        with host.socket(host.AF_INET, host.SOCK_DGRAM) as made:
            made.bind(connection.getsockname())
            made.sendto(b"beside", ("server", echo.PORT))
        connection.sendall(b"hello")
        return connection.recv(100)


BOTH = Scenario(server=echo.server, client=beside)


def test_an_echo_is_told_in_datagrams():
    told = ECHO.with_faults(faults.drop("client", 1)).run().ladder().alternative

    assert told.startswith("client and server: 3 datagrams, 1 lost (")
    assert "At 0 ms client sends datagram, 5 octets, which is lost." in told
    assert "connect(('server', 7000)): peer fixed" in told
    assert "segment" not in told


def test_arrows_bear_what_they_carry_and_an_error_is_trouble():
    arrows = layout(REFUSED.run().trace).arrows

    assert [(arrow.label.text, arrow.role) for arrow in arrows] == [
        ("datagram, 5 octets", "data"),
        ("ICMP port unreachable", "trouble"),
    ]


def test_what_is_told_of_the_kernel_has_no_address_that_it_chose():
    told = ECHO.run(world="loopback").ladder().alternative

    assert "recvfrom(1024): b'hello', sendto(b'hello', ...): 5" in told
    assert "127." not in told


def test_several_kinds_are_packets():
    assert REFUSED.run().ladder().alternative.startswith("client and server: 2 packets (")


def test_what_is_not_drawn_is_counted_in_datagrams():
    twenty = Scenario(server=datagrams.receiver, client=datagrams.sender_of_twenty).run()
    drawn = twenty.ladder(most=5)

    assert "datagrams 6 to 20 not drawn" in drawn.alternative


def test_an_empty_datagram_has_a_label():
    def client(host):
        with host.socket(host.AF_INET, host.SOCK_DGRAM) as made:
            made.sendto(b"", ("server", 7000))

    (arrow,) = layout(Scenario(server=datagrams.receiver, client=client).run().trace).arrows
    assert arrow.label.text == "datagram, empty"


def test_a_connection_is_drawn_without_the_datagrams_beside_it():
    trace = BOTH.run().trace
    whole, one = layout(trace).arrows, layout(trace, Choice(connection=1)).arrows

    assert len(whole) == len(trace.sent)
    assert [arrow.name for arrow in one] == [sent.name for sent in trace.segments]
    with pytest.raises(ValueError, match="this run had 1"):
        layout(trace, Choice(connection=2))


@pytest.mark.parametrize("picture", ["timeseq", "series", "diagram"])
def test_pictures_of_tcp_are_as_if_there_were_no_datagrams(picture):
    plain = Scenario(server=echo.server, client=echo.client).run()
    arguments = {"timeseq": (), "series": ("client",), "diagram": ("client",)}[picture]

    assert getattr(BOTH.run(), picture)(*arguments).alternative == getattr(plain, picture)(*arguments).alternative


def test_a_run_of_datagrams_alone_has_no_sequence_numbers():
    with pytest.raises(ValueError, match="this run had 0"):
        ECHO.run().timeseq()


def test_an_octet_of_a_connection_is_followed_past_the_datagrams():
    steps = str(BOTH.run().journey(1))

    assert "client 4 carries it" in steps
    assert "client 3" not in steps


def test_boxes_tell_all_fields_of_a_datagram():
    told = ECHO.run().boxes("client 1", ip=True).alternative

    for words in ("Protocol: 17, UDP (11).", "UDP header, 8 octets: Source Port: 49152 (c0 00).", "Length: 13 octets",
                  "Checksum: right, pseudo-header included", "UDP Length: 13 octets (00 0d)."):  # fmt: skip
        assert words in told
    assert "Control bit" not in told
    assert "TCP" not in told


def test_the_first_data_that_is_taken_apart_is_that_of_a_segment():
    assert "TCP" in BOTH.run().layers().alternative


def test_boxes_of_icmp_have_no_ports_and_no_pseudo_header():
    """I11 of the curriculum."""
    told = REFUSED.run().boxes("server 1").alternative

    assert told.startswith("server 1, sent at 50 ms, 10.0.0.1 to 10.0.0.2. ICMP header, 8 octets: Type: 3 (03).")
    assert "Code: 3, port unreachable (03)." in told
    assert "port " not in told.replace("port unreachable", "")
    assert "pseudo-header" not in told


def test_a_header_to_write_in_is_one_of_tcp():
    sent = ECHO.run().trace.sent[0]
    assert isinstance(sent, Sent)
    with pytest.raises(TypeError, match="carries a datagram"):
        Header(sent)


# ------------------------------------------------ to play with


def test_what_is_said_of_a_datagram_to_the_browser():
    showing = Showing(Session((REFUSED,)))
    details = showing.details()
    datagram, error = details["segments"]["client 1"], details["segments"]["server 1"]
    fields = showing.header("client 1")["header"]["fields"]

    assert (datagram["heading"], error["heading"]) == ("Datagram client 1", "Message server 1")
    assert datagram["what"] == "datagram from port 49152 to 7001 (5)"
    assert [field["name"] for field in fields] == ["Source Port", "Destination Port", "Length", "Checksum", "Data"]
    assert showing.picture()["status"] == "Nothing happens to any packet. 2 packets in 100 ms."
    assert {moment["end"] for moment in details["moments"]} == {None}


def test_a_page_without_python_can_be_made_of_datagrams(tmp_path):
    ECHO.save_page(tmp_path / "echo.html")

    assert "What happens if a packet is lost?" in (tmp_path / "echo.html").read_text(encoding="utf-8")


@pytest.mark.browser
def test_a_datagram_is_pressed_and_lost(page):
    kernel = Play(ECHO, "echo")
    wrong = show(page, kernel, width=1320, first=".segment")
    page.locator('.segment[aria-label^="client 1,"]').focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".octets .octet.here")
    told = page.locator(".told").inner_text()
    page.keyboard.press("Escape")
    page.locator('.segment[aria-label^="client 1,"]').focus()
    page.keyboard.press("Delete")
    page.wait_for_selector("text=lost: client 1")

    assert "Datagram client 1" in told
    assert "Length" in told
    assert kernel.scenario == ECHO.with_faults(faults.drop("client", 1))
    assert wrong == []
