"""Laptop-size RefineDet on BCCD at 0.3x, trained behind bilinear interpolation, then DownsizeNet.

DownsizeNet starts as bilinear interpolation: the network loses nothing of what it has learned.

python tools/train.py configs/mini/refinedet_bilinear_bccd.py
python tools/train.py configs/transfer/refinedet_dsnet_bccd_model_from_refinedet_bilinear_bccd.py
"""

_base_ = './refinedet_bilinear_bccd_model_from_refinedet_bilinear_bccd.py'
interpolator = dict(type='DownsizeNet')
model = dict(data_preprocessor=dict(interpolator=interpolator))
