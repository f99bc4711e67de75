"""Bilinear interpolation whose support grows with the ratio, as torch's antialias=True."""

interpolator = dict(type='FixedInterpolator', mode='bilinear', antialias=True)
