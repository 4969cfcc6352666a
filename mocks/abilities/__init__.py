"""What a system's folder hands to those who host, play, fuzz and audit it, besides its operations."""
