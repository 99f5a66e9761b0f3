"""Who has a right to care where, asked of the institutions that know (IMSS, ISSSTE, insurers)."""
