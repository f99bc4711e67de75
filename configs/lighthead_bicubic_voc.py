"""Light-Head R-CNN on VOC 2007 at 0.3x: bicubic interpolation.

python tools/train.py configs/lighthead_bicubic_voc.py
"""

_base_ = ['_base_/pipelines/lighthead_voc.py', '_base_/interpolators/bicubic.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
