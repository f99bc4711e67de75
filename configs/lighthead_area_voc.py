"""Light-Head R-CNN on VOC 2007 at 0.3x: area averaging.

python tools/train.py configs/lighthead_area_voc.py
"""

_base_ = ['_base_/pipelines/lighthead_voc.py', '_base_/interpolators/area.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
