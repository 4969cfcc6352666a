"""State that outlives the process: documents, inbox, watermarks."""
