"""Each of the means with its two programs, ready-made: `example("pipe")` is the talk, EXAMPLES are the programs."""

from types import ModuleType

from course.real.child import DEADLINE
from course.real.ipc.examples import abstract, fifo, memory, mqueue, pair, pipe, queue, semaphore, signal, unix
from course.real.ipc.outcome import Talk
from course.real.ipc.talk import talk

EXAMPLES: dict[str, ModuleType] = {
    "pipe": pipe,
    "FIFO": fifo,
    "signal": signal,
    "message queue": queue,
    "POSIX message queue": mqueue,
    "semaphore": semaphore,
    "shared memory": memory,
    "socketpair": pair,
    "AF_UNIX": unix,
    "AF_UNIX, abstract": abstract,
}


def example(name: str, deadline: float = DEADLINE) -> Talk:
    """Let the two programs of one of the means talk: "pipe", "FIFO", "signal", "message queue", "shared memory" ...

    Their text is in course.real.ipc.examples. Raises TalkFailed where this system does not have it (ENOSYS), and
    ValueError for a name that is not among EXAMPLES.
    """
    if name not in EXAMPLES:
        raise ValueError(f"there is no example {name!r}; there are: {', '.join(EXAMPLES)}")
    programs = EXAMPLES[name]
    return talk(programs.writer, programs.reader, before=programs.before, deadline=deadline)
