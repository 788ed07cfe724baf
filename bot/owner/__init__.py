"""The owner's pages: balances, ledgers, ratings, and what the shop tells of itself."""
