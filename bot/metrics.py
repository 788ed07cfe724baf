"""What is counted about the gateway, for Prometheus; no label ever names a person."""

from prometheus_client import Counter, Gauge, Histogram

accepted = Counter("barev_messages_accepted_total", "Messages of shoppers taken in", ["channel"])
fallbacks = Counter("barev_fallbacks_total", "Turns that ended in the fallback wording")
turn_seconds = Histogram(
    "barev_turn_seconds",
    "From taking a message up to its stored answer",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
)
open_sockets = Gauge("barev_open_sockets", "Widget sockets open now")
errors_told = Counter("barev_error_frames_total", "Error frames sent to widgets", ["code"])
deliveries = Counter(
    "barev_deliveries_total", "Attempts to push a message, by how they ended", ["channel", "end"]
)
mails = Counter("barev_mails_total", "One-time codes handed to the mail server", ["outcome"])
