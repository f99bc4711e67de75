"""DownsizeNet from a soft start, each channel from a place of its own, a third of a pixel off."""

interpolator = dict(type='DownsizeNet', taps=4, coef_groups=3, sharpness=0.3, phase=0.33)
