"""MULLER: bilinear interpolation plus two bands of detail, by four learned numbers."""

interpolator = dict(type='MULLER')
