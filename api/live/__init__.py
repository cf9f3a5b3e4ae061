"""The live feed over WebSocket: one handler, two ways to speak, any number of clients."""
