"""The learned resizer of Talebi and Milanfar: a residual network beside bilinear interpolation."""

interpolator = dict(type='LearnedResizer')
