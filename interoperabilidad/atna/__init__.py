"""The log told to the hospital's collector (IHE ATNA): DICOM audit messages by syslog over TLS."""
