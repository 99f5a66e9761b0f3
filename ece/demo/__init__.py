"""The demonstration: an invented hospital, its people and its patients."""
