"""People: clinicians, patients and whoever signs in, in a browser."""
