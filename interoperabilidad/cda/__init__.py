"""Clinical documents in: kept before they are acknowledged, filed with whom they name, or not."""
