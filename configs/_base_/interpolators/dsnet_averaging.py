"""`dsnet_soft_phase` from a start that averages where a texture is weak, or strong as grain is.

The higher limit lies between the strongest waves of the texture sets, of 32 grey levels by their
standard deviation, and the grain of the mixture, of 50 to 60. Training moves both limits, towards
more averaging; they leave it room.
"""

interpolator = dict(
    type='DownsizeNet',
    num_convs=3,
    taps=4,
    coef_groups=3,
    sharpness=0.3,
    phase=0.33,
    averaging=(8.0, 36.0),
    coverage=True,
)
