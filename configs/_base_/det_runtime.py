"""What every detector's run shares."""

_base_ = './runtime.py'

default_scope = 'mmdet'
custom_imports = dict(
    imports=['mmdownsize', 'mmdownsize.datasets.voc', 'mmdownsize.detection'],
    allow_failed_imports=False,
)
visualizer = dict(
    type='DetLocalVisualizer', name='visualizer', vis_backends=[dict(type='LocalVisBackend')]
)
