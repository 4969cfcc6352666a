"""What all parties agreed: flows, faults, events, errors, currencies and the history schema, as data."""
