"""Light-Head R-CNN on VOC 2007 at 0.3x: bilinear interpolation.

python tools/train.py configs/lighthead_bilinear_voc.py
"""

_base_ = ['_base_/pipelines/lighthead_voc.py', '_base_/interpolators/bilinear.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
