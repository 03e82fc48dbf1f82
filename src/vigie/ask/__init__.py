"""Answering a question: read it, find evidence, answer from it with citations, guard, store."""
