"""Everything Barev remembers. Knows neither Rasa, Telegram nor HTTP."""
