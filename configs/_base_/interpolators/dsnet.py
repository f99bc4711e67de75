"""DownsizeNet with 2x2 neighbours, the paper's first: starts at bilinear interpolation."""

interpolator = dict(type='DownsizeNet')
