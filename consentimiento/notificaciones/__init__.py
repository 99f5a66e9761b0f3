"""Telling people that something happened, never what: the queue, its channels, who wants what.

`derivacion` reads the log, so that nothing is announced that did not happen and nothing that did is
forgotten; `cola` sends, each message at most once; `correo` and `push` are the channels that leave.
"""
