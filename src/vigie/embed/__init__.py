"""Text encoders: `models` finds a checkpoint's folder, `onnx` runs it. Nothing here goes to the network."""
