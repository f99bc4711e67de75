"""Laptop-size SPNet on CamVid at 0.3x: DownsizeNet over the support of antialiasing.

python tools/train.py configs/mini/spnet_dsnet_support_camvid.py
"""

_base_ = ['../_base_/pipelines/spnet_camvid.py', '../_base_/interpolators/dsnet_support.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
