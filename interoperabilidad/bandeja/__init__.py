"""The desk of whoever keeps the exchange going: what came in, what waits, what was not sent."""
