"""What a partner's system sees of its agreements: terms, to sign them; and what it exchanged."""
