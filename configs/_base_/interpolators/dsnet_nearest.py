"""DownsizeNet from the nearest pixel, but for where a texture is weak, or strong as grain is.

One set of coefficients for all channels, so that it starts without a hue. The limits are those of
`dsnet_averaging`. Its sharpness gives the nearest of 16 neighbours 98 % of the weight, and others
enough of it to learn.
"""

_base_ = './dsnet_averaging.py'
interpolator = dict(
    _delete_=True,
    type='DownsizeNet',
    num_convs=3,
    taps=4,
    distance='nearest',
    sharpness=0.15,
    averaging=_base_.interpolator.averaging,
    coverage=True,
)
