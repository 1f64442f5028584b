"""Two processes of this machine that talk to each other, by each of the means that there are (svipc(7), pipe(7)).

    from course.real import ipc

    def writer(here):
        os.write(here.made[1], b"hello")

    def reader(here):
        return os.read(here.made[0], 100)

    ipc.talk(writer, reader, before=os.pipe)

In reading order:

    libc            message queues, semaphores and shared memory, as C has them
    place           where both meet, and how nothing is left of it
    source          functions as text, for another process
    recording       calls are written down
    actor           one of the two
    stage           the process that starts both, and ends them
    part            what one of them did
    outcome         what came of it
    talk            all of this in one call
    examples        two programs for each of the means
    ready           and what comes of them
    means           each of the means in four verbs
    traits          what each can carry, found out
"""

from course.real.ipc import libc
from course.real.ipc.actor import Here
from course.real.ipc.outcome import Talk
from course.real.ipc.place import sweep
from course.real.ipc.ready import EXAMPLES, example
from course.real.ipc.talk import talk
from course.real.ipc.traits import traits

__all__ = ["EXAMPLES", "Here", "Talk", "example", "libc", "sweep", "talk", "traits"]
