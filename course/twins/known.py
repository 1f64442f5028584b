"""The list of known divergences: where the worlds differ, and why neither is wrong. The first that fits explains."""

from course.twins import endings, rules, streams
from course.twins.datagrams import DATAGRAMS
from course.twins.pair import Aspect, Divergence

OPENING = (
    Divergence(
        "syn-cookies",
        "When too many handshakes are half-way, Linux answers with cookies and turns nobody away; our listener does so "
        "only if it is told to (TcpParameters(syn_cookies=True)), and ignores callers until then.",
        "RFC 4987, section 3.6; tcp(7), tcp_syncookies",
        rules.without_cookies,
    ),
    Divergence(
        "backlog",
        "A full accept queue holds backlog + 1 connections on Linux and in our network, and other numbers elsewhere. "
        "What becomes of the next caller is free, too: it is ignored and tries again, or it is refused.",
        "listen(2); tcp(7), tcp_abort_on_overflow; RFC 4987, section 2.2",
        rules.refused_when_full,
    ),
    Divergence(
        "syn-retries",
        "A SYN without an answer is sent again after 1, 3 and 7 seconds in our network, as RFC 6298 doubles the "
        "timeout each time. Newer Linux repeats it each second for a while, tcp_syn_linear_timeouts, and then doubles.",
        "RFC 6298, sections 2 and 5.5; RFC 9293, section 3.8.3; tcp(7), tcp_syn_retries",
        rules.waits_for("retransmission", connecting=True),
    ),
    Divergence(
        "time-wait-reuse",
        "A pair of ends that is still in TIME-WAIT may be used again early if no old segment can be mistaken. Linux "
        "permits it on loopback; others, and our sockets for connect(), ask for another port.",
        "RFC 6191; RFC 9293, section 3.6.1 (MAY-2); tcp(7), tcp_tw_reuse",
        rules.reused,
    ),
    Divergence(
        "who-calls-first",
        "Several callers call at nearly the same time. Whose connection accept() gives first depends on whose segments "
        "are there first, so the server serves them in another order.",
        "accept(2): the first connection of the queue",
        streams.other_caller,
        varies=True,
    ),
)
OCTETS = (
    Divergence(
        "boundaries",
        "TCP carries a stream of octets, and keeps no boundaries: one recv() returns what has come so far. The same "
        "octets come in the same order in both worlds, in other pieces.",
        "RFC 9293, section 2.2; recv(2)",
        streams.boundaries,
        varies=True,
    ),
    Divergence(
        "buffers",
        "How much send() takes before it has to wait depends on the buffers at both ends. Ours have one size; Linux's "
        "grow by themselves, and count what it takes to keep the octets, so it doubles a size that is asked for.",
        "socket(7), SO_SNDBUF and SO_RCVBUF; tcp(7), tcp_wmem and tcp_rmem",
        streams.buffers,
        varies=True,
    ),
    Divergence(
        "shut-rd",
        "After shutdown(SHUT_RD) recv() still gives what has come and what comes later, in our network and on Linux; "
        "elsewhere it reads no more, as the man page says. Nowhere is the peer told: TCP has no segment for it.",
        "shutdown(2); RFC 9293, section 3.6",
        streams.deaf,
    ),
    Divergence(
        "after-a-reset",
        "A RST arrives after octets that nobody has read. The RFC flushes them, and so does our TCP; Linux lets the "
        "program read them, and says afterwards that the connection was reset.",
        "RFC 9293, section 3.10.7.4, second; recv(2), ECONNRESET",
        streams.flushed,
    ),
)
CLOSING = (
    Divergence(
        "unread-data",
        "close() with octets unread sends a RST, and without any a FIN. Octets take time on our link and none on "
        "loopback, so what was there before the close in one world may come after it in the other.",
        "RFC 9293, section 3.6.1 (SHLD-3); RFC 2525, section 2.17",
        rules.ends_in_both_ways,
    ),
    Divergence(
        "second-send",
        "The first send() to a peer that has closed succeeds, and is answered with a RST. On loopback it is back at "
        "once, and the next send() fails; on our link it takes a round trip, and until then send() succeeds.",
        "send(2), EPIPE and ECONNRESET; RFC 9293, section 3.5.2",
        rules.news_later,
    ),
    Divergence(
        "listener-shutdown",
        "shutdown(SHUT_RD) makes a listener stop listening, in our network and on Linux, and it keeps its port. "
        "Elsewhere shutdown() is for connections alone, and says ENOTCONN, as the man page has it.",
        "shutdown(2), ENOTCONN",
        rules.listener_shut,
    ),
    Divergence(
        "over-already",
        "When both directions are closed there is no connection any more, and calls that need one say ENOTCONN. On "
        "loopback both FINs are acknowledged within microseconds, on our link it takes a round trip.",
        "shutdown(2) and getpeername(2), ENOTCONN; RFC 9293, section 3.6",
        rules.over_already,
    ),
    Divergence(
        "time-wait",
        "The kernel's connection is still in TIME-WAIT when the programs are done, where Linux keeps it for 60 s. In "
        "virtual time nobody has to wait, so the simulated one has sat out its 2 MSL of 240 s.",
        "RFC 9293, sections 3.4.2 and 3.6.1 (MUST-13); Linux, include/net/tcp.h, TCP_TIMEWAIT_LEN",
        endings.still_waits,
        always=True,
    ),
    Divergence(
        "still-under-way",
        "The programs are done, and the kernel's connection is still trying, which may take it minutes. In virtual "
        "time nobody has to wait, so the simulated one has come to its end.",
        "RFC 9293, section 3.8.3; tcp(7), tcp_syn_retries, tcp_fin_timeout and tcp_orphan_retries",
        endings.still_under_way,
        always=True,
    ),
    Divergence(
        "who-closes-first",
        "Both ends close at nearly the same time. On our link the two FINs cross, or one comes later; on loopback "
        "whoever is first is heard at once. TIME-WAIT falls to the end that closed first, or to both.",
        "RFC 9293, section 3.6, figures 12 and 13",
        endings.other_closer,
        varies=True,
    ),
    Divergence(
        "segments-of-a-close",
        "A close takes four segments, or three if the ACK of a FIN can ride on the other FIN. That depends on how soon "
        "the other program closes, and how long an ACK may wait.",
        "RFC 9293, sections 3.6 and 3.8.6.3",
        rules.told_by(Aspect.WIRE, "from the first FIN to the end"),
    ),
)
WAITING = (
    Divergence(
        "delayed-ack",
        "An ACK that may wait for company waits up to 200 ms in our network. Linux waits 40 ms, or not at all as long "
        "as a connection is young. The RFC asks for less than half a second.",
        "RFC 9293, section 3.8.6.3 (MUST-40); RFC 5681, section 4.2; tcp(7), TCP_QUICKACK",
        rules.either(rules.waits_for("delayed ACK"), endings.fin_unacknowledged),
    ),
    Divergence(
        "rto-floor",
        "What is lost, or meets a shut window, is tried again after the RTO. RFC 6298 rounds it up to 1 s, and so do "
        "we; Linux's floor is 200 ms. On loopback nothing is lost, and windows open at once.",
        "RFC 6298, section 2.4; Linux, include/net/tcp.h, TCP_RTO_MIN",
        rules.waits_for("retransmission", "persist", "override", connecting=False),
    ),
    Divergence(
        "keep-alive",
        "How long a connection is silent before its TCP asks, how often, and how many times: 7200 s, 75 s and 9 "
        "questions by default. A machine and a scenario may have other settings.",
        "RFC 9293, section 3.8.4 (MUST-28); tcp(7), tcp_keepalive_time",
        rules.either(rules.asks("TCP_KEEP"), rules.waits_for("keep-alive")),
    ),
    Divergence(
        "not-yet",
        "Segments take their time on our link, and none worth speaking of on loopback. Who does not wait, or only for "
        "a while, may find in one world what has not come yet in the other.",
        "recv(2), connect(2) and accept(2): EAGAIN, EINPROGRESS and timeouts",
        rules.not_yet,
        varies=True,
    ),
    Divergence(
        "readiness",
        "select() says what is ready by now. What comes together in one world comes one by one in the other, so that a "
        "program is told more at once, or more often.",
        "select(2)",
        rules.other_readiness,
        varies=True,
    ),
    Divergence(
        "moment",
        "Both runs were stopped at one moment by their own clocks. How far programs have come by then depends on the "
        "delay of the link.",
        "Scenario.run(until=...)",
        rules.cut_short,
        varies=True,
    ),
    Divergence(
        "silence",
        "Nothing can ever happen again. The simulated network knows all there is to know, and says so; the kernel "
        "cannot know whether somebody will still speak, so that time has to run out.",
        "RFC 9293, section 3.8.4: TCP itself says nothing on an idle connection",
        rules.silent,
    ),
    Divergence(
        "patience",
        "What takes an hour takes no time at all in the simulated network, where the clock jumps to whatever happens "
        "next. On the kernel an hour is an hour, and the deadline ends the run before.",
        "Scenario.run(deadline=...)",
        rules.out_of_patience,
    ),
)
SETTINGS = (
    Divergence(
        "mss",
        "The largest segment: 1460 octets fit into an Ethernet frame, as in our network. Loopback's packets may have "
        "64 KiB, and so have its segments, or half of it.",
        "RFC 9293, section 3.7.1 (MUST-14); tcp(7), TCP_MAXSEG",
        rules.either(rules.asks("TCP_MAXSEG"), rules.told_by(Aspect.WIRE, "announced MSS")),
    ),
    Divergence(
        "congestion-control",
        "Who decides how much may be under way: in our network it is Reno, the RFC's own. Linux has several, often "
        "CUBIC or BBR. TCP leaves the choice to each sender.",
        "RFC 5681; RFC 9438; tcp(7), TCP_CONGESTION",
        rules.asks("TCP_CONGESTION"),
    ),
    Divergence(
        "initial-window",
        "What may be sent before anything is acknowledged: ten segments in both worlds, but loopback's are larger.",
        "RFC 6928, section 2; RFC 5681, section 3.1",
        rules.told_by(Aspect.WIRE, "first flight"),
    ),
    Divergence(
        "syn-options",
        "Linux offers window scaling, timestamps and SACK in every SYN. Ours does so only if it is told to, so that "
        "the first ladders show nothing that has not been explained.",
        "RFC 7323; RFC 2018; tcp(7), tcp_window_scaling, tcp_timestamps and tcp_sack",
        rules.told_by(Aspect.WIRE, "other options of the SYN"),
    ),
    Divergence(
        "kernel-only-options",
        "The simulated TCP has the socket options that mean something to it, and says ENOPROTOOPT to the others. "
        "Linux has many more.",
        "tcp(7) and socket(7)",
        rules.unknown_option,
    ),
    Divergence(
        "option-bounds",
        "Which values an option takes is each system's own choice. Linux refuses an MSS below 88 octets; ours takes "
        "any, since small segments are good to look at.",
        "setsockopt(2), EINVAL; tcp(7)",
        rules.other_bounds,
    ),
    Divergence(
        "descriptor",
        "A socket of the kernel's has a descriptor, a number in the table of its process. A simulated one is in no "
        "process's table.",
        "socket(2); io.UnsupportedOperation",
        rules.no_descriptor,
    ),
)
NATURE = (
    Divergence(
        "times",
        "Our network has virtual time and the delay that the scenario says. On this machine a round trip takes some "
        "microseconds, and never the same twice.",
        "DESIGN.md: chance and time are arguments",
        rules.either(rules.told_by(Aspect.NATURE, "time"), rules.clocks),
        always=True,
    ),
    Divergence(
        "order",
        "Each program makes its calls in its own order. Which of two programs is first depends on how long segments "
        "take, and on the kernel on who is woken first.",
        "RFC 9293, section 3.9.1: calls belong to one end",
        rules.told_by(Aspect.NATURE, "order between programs"),
        always=True,
    ),
    Divergence(
        "addresses",
        "Hosts of our network are 10.0.0.1 and so on. On this machine they are in 127.0.0.0/8, the loopback network, "
        "and others in each run, so that runs never meet.",
        "RFC 1918; RFC 1122, section 3.2.1.3; ip(7)",
        rules.told_by(Aspect.NATURE, "addresses"),
        always=True,
    ),
    Divergence(
        "ephemeral-ports",
        "A port that no program has chosen is any that is free: in our network from 49152 on, as IANA has it, and on "
        "Linux mostly from 32768 on.",
        "RFC 6335, section 6; RFC 6056; ip(7), ip_local_port_range",
        rules.told_by(Aspect.NATURE, "ports"),
        always=True,
    ),
)
KNOWN: tuple[Divergence, ...] = (*OPENING, *DATAGRAMS, *OCTETS, *CLOSING, *WAITING, *SETTINGS, *NATURE)
