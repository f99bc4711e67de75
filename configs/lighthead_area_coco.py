"""Light-Head R-CNN (ResNet-101) on COCO 2017, 800/1333 to 0.3x: area interpolation.

python tools/train.py configs/lighthead_area_coco.py

20 epochs of batches of 16, 8 GPUs x 2. Its authors report 40.0 AP without downsizing (minival).
The paper reports its mAP in a table that is lost; there DownsizeNet gains 0.2 to 0.9 on bilinear.
"""

_base_ = ['_base_/pipelines/lighthead_coco.py', '_base_/interpolators/area.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
