"""Small changes to the reference solutions, each of which some hidden check has to notice."""
