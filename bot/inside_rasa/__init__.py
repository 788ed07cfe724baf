"""What runs in Rasa's own environment (Python 3.10). Imports Rasa, its dependencies and barev.language only."""
