"""May they? The decision, the facts it weighs, and the explicit grants."""
