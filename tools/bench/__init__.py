"""`make bench`: what a turn costs from socket to answer, beside Rasa's default pipeline on the same machine."""
