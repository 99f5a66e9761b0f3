"""Apps of other makers (SMART App Launch): letting them in, launching them, taking it back."""
