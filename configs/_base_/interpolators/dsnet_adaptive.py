"""As dsnet_soft_phase, from a start that averages more where there is more texture."""

interpolator = dict(
    type='DownsizeNet',
    taps=4,
    coef_groups=3,
    sharpness=0.3,
    phase=0.33,
    averaging=0.7,
    zero_mean=True,
)
