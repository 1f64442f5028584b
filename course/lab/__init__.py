"""The lab: the student's own notebooks, JupyterLab on top of them, and what this machine can do.

In reading order:

    notebooks   where the chapters are, and the student's copies of them
    start       JupyterLab, quiet and on this machine only
    doctor      what this machine can do, in one table
"""
