"""Documents of the ERP: one file for each kind, and what they share."""
