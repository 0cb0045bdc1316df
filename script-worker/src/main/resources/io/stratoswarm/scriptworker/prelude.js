// Runs in each context before the script. Nothing has to be taken away from JavaScript: what is dangerous was never there.
