"""What every detector's run shares."""

_base_ = './runtime.py'

default_scope = 'mmdet'
custom_imports = dict(
    imports=[
        'mmdownsize',
        'mmdownsize.datasets.coco',
        'mmdownsize.datasets.voc',
        'mmdownsize.detection',
    ],
    allow_failed_imports=False,
)
visualizer = dict(
    type='DetLocalVisualizer', name='visualizer', vis_backends=[dict(type='LocalVisBackend')]
)
# Test-time augmentation merges the detections of all views of an image.
tta_model = dict(
    type='DetTTAModel',
    tta_cfg=dict(nms=dict(type='nms', iou_threshold=0.5), max_per_img=100),
)
