"""The log, recomputed from the raw tables: what differs, where first, and what it means.

`obrero` and what it imports know nothing of Django: they are handed a connection string, a snapshot
and the salts, and may run in other processes.
"""
