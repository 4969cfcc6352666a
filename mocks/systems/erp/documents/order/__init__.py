"""The life of a purchase order: placed, changed, delivered, cancelled, closed."""
