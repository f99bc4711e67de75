"""Fully sharded training, for a model that one GPU cannot hold.

Under it mmengine 0.10.7 cannot --resume (it calls torch by an older signature), and clip_grad would
clip the interpolator on each process by the norm of that process's shard: leave both out.

A child adds it to a pipeline: _base_ = ['lighthead_dsnet_voc.py', '_base_/fsdp.py'].
"""

runner_type = 'FlexibleRunner'
strategy = dict(
    type='FSDPStrategy',
    state_dict_cfg='full',  # a checkpoint is one file, as without sharding
    model_wrapper=dict(type='DownsizeFullyShardedDataParallel'),
)
