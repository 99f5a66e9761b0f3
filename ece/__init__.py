"""ECE: the Expediente Clínico Electrónico server."""
