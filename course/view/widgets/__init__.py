"""WIDGETS: pictures that one can touch. The rules of what happens are in Python; the browser only draws and asks.

In reading order:

    typed     numbers, octets and data as somebody types them
    answers   what the browser hears when it asks for something
    widget    what all of them have in common: their files, and what readers without a kernel get
    order     one number, and its octets both ways round
    editable  a segment that is changed field by field, or octet by octet
    header    a TCP header to write in: its fields on one side, its octets on the other
    session   a scenario that is changed step by step
    figure    the state diagram
    byte      one octet on its way from program to program
    moment    each record of a run, and TCP's variables after it
    segment   what there is to say of each transmission, and its octets
    shown     all of this for one step of a session, and its picture
    play      the ladder that one plays with: press a segment, and it is lost
    page      the same as a file, without Python: every single loss is computed beforehand

Each widget has a file of JavaScript of its own name. There is no build: Python puts the files that a widget needs one
after another. common.js is in all of them; octets.js has the fields to type in; pen.js, ladder.js, menu.js, states.js,
moment.js, segment.js and byte.js are the parts of play.js.
"""
