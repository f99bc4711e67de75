"""The average of all pixels that the output pixel covers; cv2's INTER_AREA."""

interpolator = dict(type='FixedInterpolator', mode='area')
