"""The command line: one module per command. It may import everything; nothing imports it."""
