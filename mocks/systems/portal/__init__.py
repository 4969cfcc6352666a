"""The mock supplier portal: suppliers send invoices, and are told what became of the money."""
