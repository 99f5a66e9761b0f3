"""What the administration only shows."""

from typing import Any


class SoloLectura:
    """Looked at in /admin/, changed elsewhere: there, as it should be and with its event."""

    def has_add_permission(self, *_: Any) -> bool:
        return False

    def has_change_permission(self, *_: Any) -> bool:
        return False

    def has_delete_permission(self, *_: Any) -> bool:
        return False
