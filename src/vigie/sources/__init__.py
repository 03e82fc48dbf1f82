"""Where documents and records come from: wiki spaces, code roots, record collections."""
