"""DownsizeNet with 4x4 neighbours, each channel its own coefficients, from a soft start."""

interpolator = dict(type='DownsizeNet', taps=4, coef_groups=3, sharpness=0.3)
