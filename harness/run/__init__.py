"""What a verification does on its stage: baselines, waves, windows, kills, the judge's word, violations once more alone."""
