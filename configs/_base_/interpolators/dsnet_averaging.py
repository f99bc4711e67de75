"""`dsnet_soft_phase` that starts with area averaging where there is much texture, as grain is."""

interpolator = dict(
    type='DownsizeNet',
    num_convs=3,
    taps=4,
    coef_groups=3,
    sharpness=0.3,
    phase=0.33,
    averaging=36.0,
    coverage=True,
)
