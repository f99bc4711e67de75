"""Laptop-size Light-Head R-CNN on CamVid's boxes at 0.3x: DownsizeNet, support of antialiasing.

python tools/train.py configs/mini/lighthead_dsnet_support_camvid_det.py
"""

_base_ = ['../_base_/pipelines/lighthead_camvid_det.py', '../_base_/interpolators/dsnet_support.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
