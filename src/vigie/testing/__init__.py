"""Shipped fakes that behave as the real thing is documented to: for tests, demos and replays."""
