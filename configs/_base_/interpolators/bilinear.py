"""Bilinear interpolation of the four nearest pixels, as torch and cv2 have it."""

interpolator = dict(type='FixedInterpolator')
