"""WIDGETS: pictures that one can touch. The rules of what happens are in Python; the browser only draws and asks.

In reading order:

    typed     numbers, octets and data as somebody types them
    answers   what the browser hears when it asks for something
    order     one number, and its octets both ways round
    editable  a segment that is changed field by field, or octet by octet
    header    a TCP header to write in: its fields on one side, its octets on the other
    session   a scenario that is changed step by step
    play      the ladder that one plays with: press a segment, and it is lost
    page      the same as a file, without Python: every single loss is computed beforehand
"""
