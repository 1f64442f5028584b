"""The envelope: what carries a segment from one address to another.

    packet          addresses round a segment
"""
