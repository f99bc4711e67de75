"""Laptop-size FCN on CamVid at 0.3x, trained behind bilinear interpolation, then with DownsizeNet.

DownsizeNet starts as bilinear interpolation: the network loses nothing of what it has learned.

python tools/train.py configs/mini/fcn_bilinear_camvid.py
python tools/train.py configs/transfer/fcn_dsnet_camvid_model_from_fcn_bilinear_camvid.py
"""

_base_ = './fcn_bilinear_camvid_model_from_fcn_bilinear_camvid.py'
interpolator = dict(type='DownsizeNet')
model = dict(data_preprocessor=dict(interpolator=interpolator))
