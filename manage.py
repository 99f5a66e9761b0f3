#!/usr/bin/env python
"""Django's command line. Commands that change the schema connect with the owner's role."""

import os
import sys

DE_LA_DUENA = {"migrate", "flush", "sqlflush", "createcachetable", "demo"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings.demo")
    if len(sys.argv) > 1 and sys.argv[1] in DE_LA_DUENA:
        os.environ.setdefault("ECE_BD_ROL", "duena")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
