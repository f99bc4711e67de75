"""DETR (ResNet-50) on COCO 2017 at 165x165: bilinear interpolation.

python tools/train.py configs/detr_bilinear_coco.py

150 epochs of batches of 16, 8 GPUs x 2. MMDetection reports 39.9 AP without downsizing. The paper
reports its mAP in a table that is lost; there DownsizeNet gains 0.2 to 0.9 on bilinear.
"""

_base_ = ['_base_/pipelines/detr_coco.py', '_base_/interpolators/bilinear.py']
model = dict(data_preprocessor=dict(interpolator=_base_.interpolator))
