"""Laptop-size Light-Head R-CNN on CamVid's boxes, trained behind bilinear interpolation, 8 more.

What a child that changes the interpolator is to be compared with, after 8 epochs more of each.

python tools/train.py configs/mini/lighthead_bilinear_camvid_det.py
python tools/train.py configs/transfer/lighthead_bilinear_camvid_det_model_from_lighthead_bilinear_camvid_det.py
"""

_base_ = '../mini/lighthead_bilinear_camvid_det.py'
load_from = 'work_dirs/lighthead_bilinear_camvid_det/epoch_8.pth'
train_cfg = dict(val_interval=8)
optim_wrapper = dict(optimizer=dict(lr=0.0005))
