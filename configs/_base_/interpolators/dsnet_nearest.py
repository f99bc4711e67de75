"""DownsizeNet from the nearest pixel, but for where a texture is weak, or strong as grain is.

One set of coefficients for all channels, so that it starts without a hue. The limits are those of
`dsnet_averaging`. Its sharpness gives the nearest of 16 neighbours 98 % of the weight, and others
enough of it to learn.
"""

interpolator = dict(
    type='DownsizeNet',
    num_convs=3,
    taps=4,
    distance='nearest',
    sharpness=0.15,
    averaging=(8.0, 36.0),
    coverage=True,
)
