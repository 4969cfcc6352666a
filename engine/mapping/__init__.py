"""The crosswalks, as versioned rules, and the drafts made with them. Pure but for reading the CSV files."""
