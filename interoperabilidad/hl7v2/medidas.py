"""What the exchange measures of itself: counts by family and outcome, never about anybody."""

from prometheus_client import Counter, Gauge, Histogram

RECIBIDOS = Counter(
    "ece_hl7_recibidos", "Messages received, by channel, family and answer.",
    ["canal", "familia", "acuse"],
)  # fmt: skip
APLICADOS = Counter(
    "ece_hl7_aplicados", "Messages taken from the inbox, by family and what became of them.",
    ["familia", "suerte"],
)  # fmt: skip
ENVIADOS = Counter(
    "ece_hl7_enviados", "Messages sent, by family and acknowledgement.", ["familia", "acuse"]
)  # fmt: skip
ACUSE = Histogram(
    "ece_hl7_acuse_segundos", "From the last byte of a message to its acknowledgement.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5),
)  # fmt: skip
CONEXIONES = Gauge(
    "ece_hl7_conexiones", "MLLP connections that are open.", multiprocess_mode="livesum"
)
