"""The nearest pixel alone: as sharp as an image can be, and as aliased."""

interpolator = dict(type='FixedInterpolator', mode='nearest')
