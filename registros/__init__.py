"""The clinical record: what is recorded about each patient, and the questions asked of it."""
