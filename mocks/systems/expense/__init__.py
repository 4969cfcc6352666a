"""The mock expense system: reports, their approval chain, and what became of them in the ERP."""
