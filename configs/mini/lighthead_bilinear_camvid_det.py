"""Laptop-size Light-Head R-CNN on CamVid's boxes at 0.3x: bilinear interpolation.

python tools/train.py configs/mini/lighthead_bilinear_camvid_det.py
"""

_base_ = ['../_base_/pipelines/lighthead_camvid_det.py', '../_base_/interpolators/bilinear.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
