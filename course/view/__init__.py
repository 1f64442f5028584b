"""PICTURES: what a Trace looks like. One layout, several pens; Matplotlib is imported by the last modules only.

In the order in which they are read, and in which they import each other:

    style        the colours of both themes, the fonts, and how wide a text is
    words        how a segment, a call, a result and a span of time are written
    marks        what there is to draw, with its place: the Layout
    sheet        shapes and texts of pictures that are no ladders
    excerpt      which part of a Trace is drawn
    waiting      what is waited for while nothing happens
    naming       what stands at the arrows
    story        who called what, which segment went where, who was in which state
    bands        which states are shown on which band of a lifeline
    columns      where things stand from left to right
    heights      where things stand from top to bottom, and where the scale breaks
    ticks        the scale of time
    touching     where labels touch each other, or lines
    labels       finding room for labels
    arrows       the way of each segment, and its labels
    alternative  the same story in words
    layout       from a Trace to a Layout
    scene        a Layout as plain values, for a pen that draws in a browser
    plot         values over time: scales, staircases, legends
    variables    the variables that are drawn over time, and how they look
    transfer     what one end of a connection sends, and what it hears of it
    progress     the same in words
    journey      the places that hold one octet, and its steps from one to the next
    turns        what each event at one end of a connection does to its variables, and to one octet
    crossing     one octet on the wire
    follow       one octet from one program to the other
    episodes     what happens to TCP's variables, and when
    sampled      samples of the real kernel
    fields       the octets of a segment, field by field
    headers      the same for all that a packet carries
    onion        the octets of a packet, layer within layer
    places       where the states of figure 5 stand, and which way its edges go
    picture      a figure that shows itself in Jupyter, in light and dark
    pen          puts shapes and texts on paper with Matplotlib
    ladder       calls, segments and states on one axis of time
    timeseq      the time-sequence graph
    diagram      the state diagram, and what runs have visited of it
    boxes        a segment as it is on the wire
    layers       a packet taken apart, layer by layer
    series       TCP's variables over time
"""
