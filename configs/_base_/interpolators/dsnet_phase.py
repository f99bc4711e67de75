"""DownsizeNet whose channels see places of their own, a third of an output pixel from its centre."""

interpolator = dict(type='DownsizeNet', taps=4, coef_groups=3, phase=0.33)
