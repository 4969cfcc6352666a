"""Values that the flows speak about. Pure."""
