"""Training images as in `seg_original`, but mirrored any way, and their colours exchanged.

Hue turns by at most 18 degrees; brightness, contrast and saturation, by which interpolators tell
textures apart, stay. A child names it in place of `train_pipeline`.
"""

varied_pipeline = [
    dict(type='LoadImageFromFile'),
    dict(type='LoadAnnotations'),
    dict(type='CheckLabels'),
    dict(type='RandomFlip', prob=0.75, direction=['horizontal', 'vertical', 'diagonal']),
    dict(
        type='mmdet.PhotoMetricDistortion',  # MMSegmentation's own does not exchange channels
        brightness_delta=0,
        contrast_range=(1.0, 1.0),
        saturation_range=(1.0, 1.0),
        hue_delta=18,
    ),
    dict(type='PackSegInputs'),
]
