"""Bicubic interpolation of the 16 nearest pixels, as torch and cv2 have it."""

interpolator = dict(type='FixedInterpolator', mode='bicubic')
