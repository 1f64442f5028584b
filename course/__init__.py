"""Learn sockets and TCP by running every claim.

The way through the house, in the order in which a segment walks it:

    Scenario             programs on hosts, and the network between them         course.scenario
    Run                  what came of running them, and its pictures             course.run
    faults               lose, delay, duplicate packets; hosts without power     course.sim.faults
    middleboxes          firewalls and NATs, which forget flows                  course.sim.middleboxes
    TcpParameters        TCP's knobs                                             course.tcp.parameters
    Limits               where a simulated run is stopped                        course.sim.limits
    Trace, Sent ...      the record: everything that happened, in order          course.trace
    pcap, tcpdump        runs for Wireshark, and captures as traces              course.trace.pcap
    Segment, State ...   TCP itself, as RFC 9293 has it                          course.tcp
    predict, reveal      say what you expect before a run, and compare           course.check
    check                answer a question, with hints                           course.check
    visited, progress    the states that you have met, and what you have done    course.check
    apps                 programs that run in both worlds                        course.apps
    real                 what this machine's kernel shows and does               course.real
    captures             scenes of the real kernel's TCP, live or as recorded    course.captures

The pictures (course.view) and both worlds are imported when they are first needed.
"""

from course import errors
from course.check import check, predict, progress, reveal, visited
from course.errors import CourseError, RunError, ScenarioError
from course.run import Run
from course.scenario import Scenario
from course.sim import faults, middleboxes
from course.sim.limits import Limits
from course.tcp.connection import Connection
from course.tcp.parameters import TcpParameters
from course.tcp.segment import Segment
from course.tcp.state import TRANSITIONS, Event, State
from course.trace import pcap, tcpdump
from course.trace.trace import Trace

__all__ = [
    "TRANSITIONS",
    "Connection",
    "CourseError",
    "Event",
    "Limits",
    "Run",
    "RunError",
    "Scenario",
    "ScenarioError",
    "Segment",
    "State",
    "TcpParameters",
    "Trace",
    "check",
    "errors",
    "faults",
    "middleboxes",
    "pcap",
    "predict",
    "progress",
    "reveal",
    "tcpdump",
    "visited",
]
