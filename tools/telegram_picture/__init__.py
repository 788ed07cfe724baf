"""A picture of a conversation on Telegram, for the README."""
