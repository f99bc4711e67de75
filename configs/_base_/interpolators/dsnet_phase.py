"""DownsizeNet, each channel from a place of its own: a third of an output pixel off the centre."""

interpolator = dict(type='DownsizeNet', taps=4, coef_groups=3, phase=0.33)
