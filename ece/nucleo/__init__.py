"""The mechanisms: keys, tokens, guarded rows, proofs of access. No tables, no HTTP."""
