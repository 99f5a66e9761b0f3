"""What happened: acts, events and (next) their sealed log."""
