"""What a backtest does not model: said in every report, so that nobody has to find out."""

NOT_MODELLED = (
    "Size and depth: an order fills whole at its price, whatever size the quotes show.",
    "Market impact: the recorded quotes do not react to the orders.",
    "Latency: an order reaches the market in the frame that decided it, or in the next one.",
    "Queues and auctions: nobody else stands at the same price, and nobody improves it.",
    "Between frames: what quotes did between two recorded frames is not seen.",
    "Trading halts, exchange outages, rejected or broken trades.",
    "Broker rules beyond the margin schedule of the policy; interest on cash; taxes.",
    "The net price of a spread is made from its legs' quotes; no spread market is recorded.",
)
