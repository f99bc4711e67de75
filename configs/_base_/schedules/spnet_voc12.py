"""SPNet's optimizer, 60 epochs of VOC 2012: its authors do not train on that set.

Heads learn at ten times the rate of the backbone.
"""

_base_ = './seg_voc12.py'

optim_wrapper = dict(
    optimizer=dict(weight_decay=0.0001),
    paramwise_cfg=dict(
        custom_keys={
            'decode_head': dict(lr_mult=10.0),
            'auxiliary_head': dict(lr_mult=10.0),
        }
    ),
)
