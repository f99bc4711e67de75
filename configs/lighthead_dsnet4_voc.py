"""Light-Head R-CNN on VOC 2007 at 0.3x: DownsizeNet, 4x4 neighbours.

python tools/train.py configs/lighthead_dsnet4_voc.py
"""

_base_ = ['_base_/pipelines/lighthead_voc.py', '_base_/interpolators/dsnet4.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
