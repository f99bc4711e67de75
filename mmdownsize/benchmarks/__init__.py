"""Speed, memory and FLOPs of interpolators, alone and inside models."""
