"""Feeds: what delivers a trading day frame by frame, recorded, made up or from a live producer."""
