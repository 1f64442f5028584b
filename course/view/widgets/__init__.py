"""WIDGETS: pictures that one can touch. The rules of what happens are in Python; the browser only draws and asks.

In reading order:

    session   a scenario that is changed step by step
    play      the ladder that one plays with: press a segment, and it is lost
    page      the same as a file, without Python: every single loss is computed beforehand
"""
