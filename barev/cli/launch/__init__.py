"""How Barev's three processes are started and kept alive: `barev up`, and tests that need the whole."""
