"""What Rasa may do: one file per subject, all resting on base.py."""
