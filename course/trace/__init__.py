"""The record: what happened in a run. Every picture, table and exercise reads this, and nothing else.

In reading order:

    record          one small value for each kind of happening
    text            a trace read aloud
    states          the last state of each connection
    trace           all records of a run
"""
