"""RefineDet (VGG16) on VOC 2007, images of any size to 320x320: bilinear interpolation.

python tools/train.py configs/refinedet320_bilinear_voc.py

764 epochs, 120 thousand iterations of 32 images. Its authors report 80.0 mAP on VOC 2007, trained
on 2012 too.
"""

_base_ = ['_base_/pipelines/refinedet320_voc.py', '_base_/interpolators/bilinear.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
