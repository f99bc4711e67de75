"""DownsizeNet over all pixels that antialiasing reads: starts at antialiased interpolation."""

interpolator = dict(type='DownsizeNet', taps='support', distance='antialiased')
