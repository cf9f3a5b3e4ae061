"""HTTP, WebSocket and console: translate in, call, translate out."""
