"""What every segmentor's run shares."""

_base_ = './runtime.py'

default_scope = 'mmseg'
custom_imports = dict(
    imports=[
        'mmdownsize',
        'mmdownsize.datasets.check_labels',
        'mmdownsize.datasets.segmentation',
        'mmdownsize.segmentation',
    ],
    allow_failed_imports=False,
)
visualizer = dict(
    type='SegLocalVisualizer', name='visualizer', vis_backends=[dict(type='LocalVisBackend')]
)
# Test-time augmentation averages the scores of all views of an image.
tta_model = dict(type='SegTTAModel')
# The networks divide their input by 8; crop_size and stride of slide inference are checked too.
default_hooks = dict(input_size=dict(divisor=8), slide_crop=dict(type='SlideCropHook'))
