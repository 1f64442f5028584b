"""The variables over time: what is drawn is what was so, readably, with what happened and in words."""

from itertools import combinations

import pytest

from course import Scenario, State, TcpParameters, Trace, faults
from course.apps import echo
from course.real.info import KernelStatus, TcpInfo, decode
from course.real.info import told as info_told
from course.real.sampling import Sample as KernelSample
from course.real.watch import observations
from course.view import sampled
from course.view.episodes import FAST_RETRANSMIT, RESTART, TIMEOUT, episodes, trips
from course.view.series import Draft, series
from course.view.sheet import Plate, Signs, Stroke
from course.view.style import THEMES
from course.view.touching import Box
from course.view.transfer import transfer
from tests.talk import say, talk
from tests.view.traces import ECHO, RUNS, bulk

DRAWN = ["echo", "no delay", "first data lost", "5 % lost", "four lost in a row", "queue full", "three clients",
         "nobody answers", "500 segments", "refused", "one host", "both call"]  # fmt: skip


def seen(run, host=None, **window):
    """What happens, the round trips, and the sheet."""
    told = transfer(run.trace, host)
    own = [sample for sample in run.variables() if (sample.local, sample.remote) == told.way]
    happened = episodes(run.trace, own, told.way)
    draft = Draft(own, happened, "about", "A title", (window.get("since"), window.get("until")), trips(own))
    return happened, trips(own), draft.sheet()


def texts(sheet):
    return [label.text for label in sheet.texts]


def drain(host, connection):
    while connection.recv(65536):
        pass


@pytest.mark.parametrize("name", DRAWN)
def test_no_text_lies_on_another_or_outside(name):
    _, _, sheet = seen(RUNS[name]())
    boxes = [(label.text, Box.of(label)) for label in sheet.texts]

    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if a.overlaps(b)] == []
    corners = [(text, x, y) for text, box in boxes for x, y in box.corners]
    assert [text for text, x, y in corners if not (0 <= x <= sheet.width and 0 <= y <= sheet.height)] == []
    assert min(label.font.size for label in sheet.texts) >= 10


def test_a_timeout_doubles_the_rto_and_is_named():
    """RFC 6298, section 5.5."""
    happened, _, sheet = seen(RUNS["first data lost"]())

    assert [(episode.name, episode.at) for episode in happened] == [(TIMEOUT, 1.1)]
    assert "timeout" in texts(sheet)
    assert "At 1.1 s timeout: cwnd 1 460, ssthresh 2 920, RTO 2 s." in sheet.alternative


def test_fast_recovery_lasts_until_all_is_acknowledged_that_had_been_sent():
    """RFC 6582, section 3.2: four losses, three partial acknowledgments, one round trip each."""
    happened, _, sheet = seen(RUNS["four lost in a row"]())

    assert [(episode.name, episode.at, episode.end) for episode in happened] == [
        (FAST_RETRANSMIT, pytest.approx(0.2), pytest.approx(0.6))
    ]
    assert sum(isinstance(shape, Plate) and shape.face == "band waiting" for shape in sheet.shapes) == 2
    assert "fast recovery" in texts(sheet)


def test_a_timeout_ends_fast_recovery():
    run = bulk(30_000, faults=[faults.drop("client", n) for n in (3, 13)])
    happened, _, _ = seen(run)
    fast = [episode for episode in happened if episode.name == FAST_RETRANSMIT]
    stops = [episode.at for episode in happened if episode.name == TIMEOUT]

    assert fast
    assert all(episode.end is None or not any(episode.at < at < episode.end for at in stops) for episode in fast)


def test_each_round_trip_is_recomputed_as_it_was_measured():
    """RFC 6298, section 2: the first is SRTT itself, the others move it by an eighth."""
    _, measured, _ = seen(ECHO.with_faults(faults.delay("client", 3, by=0.07)).run())

    assert len(measured) > 1
    assert measured[0].seconds == pytest.approx(0.1)
    assert max(trip.seconds for trip in measured) == pytest.approx(0.17)


def test_a_restart_after_idle_is_seen_where_cwnd_falls_though_nothing_was_in_flight():
    """RFC 5681, section 4.1; written by hand, whatever our own TCP does."""
    run = RUNS["echo"]()
    samples = run.variables("client")
    before = next(sample for sample in samples if sample.status.flight_size == 0 and sample.status.srtt)
    fallen = before._replace(at=9.0, status=before.status._replace(cwnd=before.status.cwnd // 2))

    assert [(one.name, one.at) for one in episodes(run.trace, [before, fallen], (before.local, before.remote))] == [
        (RESTART, 9.0)
    ]


def test_what_would_dwarf_the_rest_is_not_drawn_and_said():
    _, _, sheet = seen(RUNS["echo"]())

    assert any("Above the picture" in text and "ssthresh (no limit)" in text for text in texts(sheet))


def test_without_congestion_control_there_is_no_congestion_window():
    run = talk(drain, say(bytes(9_000)), tcp=TcpParameters(congestion_control="none"))

    assert "There is no congestion window." in run.series().alternative


def test_the_words_tell_the_story():
    assert RUNS["first data lost"]().series().alternative == (
        "Variables of client, sending to server, simulated network, delay 50 ms each way,"
        " client 3 lost, seed 0."
        " At 100 ms: cwnd 14 600, ssthresh unlimited, SND.WND 65 535 octets, RTO 1 s."
        " At 1.1 s timeout: cwnd 1 460, ssthresh 2 920, RTO 2 s."
        " cwnd is largest at 100 ms: 14 600 octets. Most is in flight at 100 ms: 5 octets."
        " 2 round trips are measured: 100 ms. In the end SRTT 100 ms and RTO 1 s."
    )


def test_it_ends_when_nothing_changes_any_more():
    """TIME-WAIT lasts four minutes, and nobody wants to see them."""
    _, _, sheet = seen(RUNS["echo"]())

    assert "300" in texts(sheet)
    assert not any(text.endswith(" s") for text in texts(sheet))


def test_what_cannot_be_drawn_is_refused_in_words():
    run = RUNS["echo"]()

    with pytest.raises(ValueError, match="no host is called 'zoe'"):
        run.series("zoe")
    with pytest.raises(ValueError, match="there is no connection 2"):
        run.series("client", 2)
    with pytest.raises(ValueError, match=r"give the samples of run.variables\(\)"):
        series(run.trace, [], "client")
    with pytest.raises(ValueError, match="nothing is known between since=5 and until=4"):
        run.series(since=5, until=4)
    with pytest.raises(ValueError, match="the kernel does not tell"):
        Scenario(server=echo.server, client=echo.client).run(world="loopback").series()


def test_a_large_run_is_thinned():
    run = talk(drain, say(bytes(6_000_000)), rate=100e6, queue=50, delay=0.01, faults=[faults.randomly(0.01)])
    picture = run.series()

    assert len(run.trace.sent) > 6_000
    assert len(picture.svg()) < 400_000
    assert len(picture.alternative) < 3_000


@pytest.mark.parametrize("theme", THEMES)
def test_it_is_drawn_in_both_themes_by_a_run_itself(theme):
    assert bulk(9_000).series("client", title="T", caption="C").png(theme).startswith(b"\x89PNG")


# ------------------------------------------------ the real kernel's samples, recorded


CALLER, SERVER = ("127.5.6.2", 40000), ("127.5.6.1", 7000)
HOSTS = {"server": SERVER[0], "client": CALLER[0]}


def told(**fields):
    """What the kernel says with these fields of TCP_INFO."""
    everything = dict.fromkeys(TcpInfo._fields, 0) | {"state": 1, "snd_mss": 1000, "snd_cwnd": 10, "rto": 204_000}
    everything |= {"snd_ssthresh": 2**31 - 1, "snd_wnd": 65_536, "rtt": 25, "rttvar": 10}
    return info_told(TcpInfo(**(everything | fields)), fields.get("notsent_bytes", 0), 0)


def recorded(*statuses, host="client", every=0.005):
    local, remote = (CALLER, SERVER) if host == "client" else (SERVER, CALLER)
    return [KernelSample(n * every, host, local, remote, status) for n, status in enumerate(statuses)]


def kernel_trace(samples):
    conditions = "this machine's kernel; no capture"
    return Trace(observations(samples), HOSTS, "loopback", conditions, captured=False)


WORKING = [told(), told(snd_cwnd=20, bytes_sent=9000, unacked=3, notsent_bytes=4000), told(snd_cwnd=40), told()]


def test_samples_of_what_does_not_change_are_drawn_to_the_last():
    samples = recorded(*[told()] * 9, every=0.5)
    draft = Draft(samples, [], "about", "", (None, None), None)

    assert draft.upper.x.high >= 4.0


def test_recorded_samples_are_drawn_with_their_queues():
    samples = recorded(*WORKING)
    picture = series(kernel_trace(samples), samples, title="A title")

    assert picture.alternative == (
        "Variables of client, sending to server, this machine's kernel, no capture."
        " 4 samples, mostly 5 ms and at most 5 ms apart: between two of them nothing is known, and a line only goes on."
        " At 0 ms: cwnd 10 000, ssthresh unlimited, SND.WND 65 536 octets, RTO 204 ms."
        " cwnd is largest at 10 ms: 40 000 octets. Most is in flight at 5 ms: 9 000 octets."
        " In the end SRTT 25 µs and RTO 204 ms."
    )
    sheet = kernel_sheet(samples, queues=True)
    assert {"octets", "seconds", "octets in the queues", "send queue", "a sample"} <= set(texts(sheet))
    assert any("between two of them nothing is known" in text for text in texts(sheet))
    assert "octets in the queues" not in texts(kernel_sheet(samples, queues=False))
    assert picture.png("light").startswith(b"\x89PNG")


def kernel_sheet(samples, happened=(), *, queues=True):
    about = "client, sending to server · this machine's kernel"
    return Draft(samples, list(happened), about, "", (None, None), None, queues=queues).sheet()


def test_no_text_of_samples_lies_on_another_or_outside():
    timeouts = [told(state=2, retransmits=n, rto=1_000_000) for n in range(5)]
    samples = recorded(*WORKING, *timeouts, every=0.5)
    sheet = kernel_sheet(samples, sampled.happened(samples))
    boxes = [(label.text, Box.of(label)) for label in sheet.texts]

    assert [(one, other) for (one, a), (other, b) in combinations(boxes, 2) if a.overlaps(b)] == []
    assert all(0 <= x <= sheet.width and 0 <= y <= sheet.height for _, box in boxes for x, y in box.corners)


def test_each_sample_is_a_dot_under_each_panel():
    samples = recorded(*WORKING)
    dots = [shape for shape in kernel_sheet(samples).shapes if isinstance(shape, Signs) and shape.role == "muted"]

    assert [len(shape.points) for shape in dots] == [1, 4, 4, 4]  # the legend's, and three panels'


def test_a_line_ends_where_the_kernel_told_it_last():
    """A socket that is closed tells no cwnd any more, but /proc/net/tcp still tells its queues."""
    samples = recorded(*WORKING, KernelStatus(State.FIN_WAIT_1, send_queue=500, receive_queue=0),
                       KernelStatus(State.TIME_WAIT, send_queue=0, receive_queue=0))  # fmt: skip
    strokes = {(shape.role, shape.width): shape for shape in kernel_sheet(samples).shapes if isinstance(shape, Stroke)}
    reach = {
        look: max(x for line in strokes[look].lines for x, _ in line) for look in (("opening", 2.2), ("data", 1.8))
    }

    assert reach["opening", 2.2] < reach["data", 1.8]  # cwnd, send queue
    assert "In the end SRTT 25 µs" in series(kernel_trace(samples), samples).alternative


def test_what_must_have_happened_between_two_samples_is_said_at_the_later_one():
    samples = recorded(told(state=2), told(state=2, retransmits=1), told(state=2, retransmits=2), told(ca_state=3),
                       told(ca_state=3))  # fmt: skip

    assert [(one.name, one.at) for one in sampled.happened(samples)] == [
        (TIMEOUT, 0.005), (TIMEOUT, 0.010), (FAST_RETRANSMIT, 0.015)]  # fmt: skip
    assert "At 5 ms timeout" in series(kernel_trace(samples), samples).alternative


def test_the_end_that_sends_more_is_drawn_unless_one_is_named():
    quiet, busy = recorded(told(), told(bytes_sent=5)), recorded(told(), told(bytes_sent=9000), host="server")
    trace = kernel_trace([*quiet, *busy])

    assert series(trace, [*quiet, *busy]).alternative.startswith("Variables of server, sending to client")
    assert series(trace, [*quiet, *busy], "client").alternative.startswith("Variables of client, sending to server")


def test_an_older_kernel_that_tells_less_is_drawn_as_well():
    samples = recorded(*[info_told(decode(bytes([1]) + bytes(103)), None, None)] * 2)

    assert "SND.WND unknown octets" in series(kernel_trace(samples), samples).alternative


def test_samples_that_are_not_there_are_refused_in_words():
    samples = recorded(*WORKING)
    trace = kernel_trace(samples)

    with pytest.raises(ValueError, match="take a shorter period"):
        series(trace, [], "client")
    with pytest.raises(ValueError, match="take a shorter period"):
        series(trace, samples, "server")
    with pytest.raises(ValueError, match="there is no connection 2"):
        series(trace, samples, "client", 2)
    with pytest.raises(ValueError, match="no variables of client"):
        series(trace, samples[:1])


def test_the_queues_of_a_simulated_run_are_drawn_if_one_asks():
    run = bulk(9_000)

    assert run.series(queues=True).png("light") != run.series().png("light")
