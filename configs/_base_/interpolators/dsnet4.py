"""DownsizeNet with 4x4 neighbours, the paper's bicubic variant."""

interpolator = dict(type='DownsizeNet', taps=4, distance='bicubic')
