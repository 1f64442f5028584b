"""The lab: the student's own notebooks, JupyterLab on top of them, and what this machine can do.

In reading order:

    notebooks   where the chapters are, and the student's copies of them
    lecture     chapters to show to a room
    slides      a chapter as slides: one page that stands alone
    saving      what a notebook keeps of a widget: its picture
    start       JupyterLab, quiet and on this machine only
    machine     what its kernel permits, and how it is set
    doctor      what this machine can do, in one table
"""
