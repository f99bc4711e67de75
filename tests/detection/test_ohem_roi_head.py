import pytest
import torch
from mmdet.registry import MODELS
from mmdet.structures import DetDataSample
from mmengine.config import ConfigDict
from mmengine.structures import InstanceData

from mmdownsize.detection import OHEMRoIHead

CLASSES = 3


def make_head(num_per_image: int = 4, **bbox_head) -> OHEMRoIHead:
    torch.manual_seed(0)
    config = {
        'type': 'OHEMRoIHead',
        'num_per_image': num_per_image,
        'bbox_roi_extractor': {
            'type': 'PSRoIExtractor',
            'roi_layer': {'type': 'PSRoIAlign', 'output_size': 3, 'mode': 'max'},
            'out_channels': 2,
            'featmap_strides': [8],
        },
        'bbox_head': {
            'type': 'ConvFCBBoxHead',
            'num_shared_fcs': 1,
            'in_channels': 2,
            'fc_out_channels': 16,
            'roi_feat_size': 3,
            'num_classes': CLASSES,
            'loss_bbox': {'type': 'SmoothL1Loss', 'beta': 1.0, 'loss_weight': 2.0},
        }
        | bbox_head,
        'train_cfg': {
            'assigner': {
                'type': 'MaxIoUAssigner',
                'pos_iou_thr': 0.5,
                'neg_iou_thr': 0.5,
                'min_pos_iou': 0.5,
                'match_low_quality': False,
                'ignore_iof_thr': 0.5,
            },
            'sampler': {
                'type': 'RandomSampler',
                'num': 10**9,
                'pos_fraction': 1.0,
                'neg_pos_ub': -1,
                'add_gt_as_proposals': True,
            },
            'pos_weight': -1,
        },
    }
    return MODELS.build(ConfigDict(config))


def make_boxes(count: int, generator: torch.Generator) -> torch.Tensor:
    corner = torch.rand(count, 2, generator=generator) * 40
    return torch.cat([corner, corner + 4 + 20 * torch.rand(count, 2, generator=generator)], dim=1)


def make_batch(
    proposals: list[int], objects: list[int]
) -> tuple[tuple[torch.Tensor], list[InstanceData], list[DetDataSample]]:
    generator = torch.Generator().manual_seed(3)
    rpn_results, samples = [], []
    for count, num_objects in zip(proposals, objects, strict=True):
        boxes = make_boxes(num_objects, generator)
        labels = torch.randint(CLASSES, (num_objects,), generator=generator)
        sample = DetDataSample(metainfo={'img_shape': (64, 64)})
        sample.gt_instances = InstanceData(bboxes=boxes, labels=labels)
        samples.append(sample)
        near = boxes.repeat(2, 1)[:count] + torch.rand(
            min(2 * num_objects, count), 4, generator=generator
        )
        far = make_boxes(count - len(near), generator)
        rpn_results.append(InstanceData(bboxes=torch.cat([near, far])))
    features = torch.randn(len(proposals), 18, 8, 8, generator=generator)
    return (features,), rpn_results, samples


def sample_all(head, rpn_results, samples):
    """Assign and sample as StandardRoIHead.loss does, and check that nothing is dropped."""
    results = []
    for rpn_result, sample in zip(rpn_results, samples, strict=True):
        priors = InstanceData(priors=rpn_result.bboxes)
        assigned = head.bbox_assigner.assign(priors, sample.gt_instances)
        results.append(head.bbox_sampler.sample(assigned, priors, sample.gt_instances))
        assert len(results[-1].priors) == len(rpn_result) + len(sample.gt_instances)
    return results


@pytest.mark.parametrize('class_agnostic', [False, True])
def test_ohem_roi_head_equals_naive_ranking(class_agnostic):
    head = make_head(4, reg_class_agnostic=class_agnostic)
    with torch.no_grad():
        # losses of objects and of background that mix in the ranking
        head.bbox_head.fc_reg.weight.normal_(std=0.1)
        head.bbox_head.fc_cls.weight.normal_()
        head.bbox_head.fc_cls.bias[CLASSES] = -1
    features, rpn_results, samples = make_batch([9, 13], [2, 3])
    results = head.bbox_loss(features, sample_all(head, rpn_results, samples))
    cls_score, bbox_pred = results['cls_score'], results['bbox_pred']

    rois = []
    for result in sample_all(head, rpn_results, samples):
        for k, prior in enumerate(result.priors):
            is_object = k < len(result.pos_priors)
            label = int(result.pos_gt_labels[k]) if is_object else CLASSES
            target = result.pos_gt_bboxes[k] if is_object else None
            rois.append((prior, label, target))
    cls_losses, box_losses = [], []
    for k, (prior, label, target) in enumerate(rois):
        cls_losses.append(cls_score[k].exp().sum().log() - cls_score[k, label])
        box_losses.append(torch.zeros(()))
        if target is not None:
            delta = head.bbox_head.bbox_coder.encode(prior[None], target[None])[0]
            start = 0 if class_agnostic else 4 * label
            error = (bbox_pred[k, start : start + 4] - delta).abs()
            box_losses[-1] = torch.where(error < 1, 0.5 * error**2, error - 0.5).sum()
    hardness = [(c + b).item() for c, b in zip(cls_losses, box_losses, strict=True)]
    kept = sorted(range(len(rois)), key=lambda k: -hardness[k])[:8]
    assert len(rois) == 27 and 0 < sum(rois[k][1] < CLASSES for k in kept) < 8

    losses = results['loss_bbox']
    torch.testing.assert_close(losses['loss_cls'], sum(cls_losses[k] for k in kept) / 8)
    torch.testing.assert_close(losses['loss_bbox'], 2 * sum(box_losses[k] for k in kept) / 8)

    (grad,) = torch.autograd.grad(losses['loss_cls'] + losses['loss_bbox'], cls_score)
    assert sorted(grad.abs().sum(1).nonzero().flatten().tolist()) == sorted(kept)


def test_ohem_roi_head_ranks_before_the_loss_weights():
    features, rpn_results, samples = make_batch([9, 13], [2, 3])
    kept = []
    for weight in (0.01, 1.0, 100.0):
        head = make_head(
            loss_bbox={'type': 'SmoothL1Loss', 'loss_weight': weight},
            loss_cls={'type': 'CrossEntropyLoss', 'use_sigmoid': False, 'loss_weight': 1 / weight},
        )
        results = head.bbox_loss(features, sample_all(head, rpn_results, samples))
        (grad,) = torch.autograd.grad(results['loss_bbox']['loss_cls'], results['cls_score'])
        kept.append(grad.abs().sum(1).nonzero().flatten().tolist())
    assert kept[0] == kept[1] == kept[2]


def test_ohem_roi_head_keeps_all_when_there_are_few():
    features, rpn_results, samples = make_batch([5, 7], [1, 2])
    head = make_head(1000)
    results = head.bbox_loss(features, sample_all(head, rpn_results, samples))
    stock = head.bbox_head.loss_and_target(
        results['cls_score'],
        results['bbox_pred'],
        results['cls_score'].new_zeros(15, 5),
        sample_all(head, rpn_results, samples),
        head.train_cfg,
    )['loss_bbox']
    for name in ('loss_cls', 'loss_bbox'):
        torch.testing.assert_close(results['loss_bbox'][name], stock[name])


@pytest.mark.parametrize(
    ('proposals', 'objects'), [([6, 6], [0, 0]), ([6, 6], [2, 0]), ([0, 6], [0, 1]), ([0], [0])]
)
def test_ohem_roi_head_without_objects_or_proposals_reaches_every_parameter(proposals, objects):
    head = make_head()
    features, rpn_results, samples = make_batch(proposals, objects)
    features = (features[0].requires_grad_(),)
    losses = head.loss(features, rpn_results, samples)
    assert {'loss_cls', 'loss_bbox'} <= set(losses)
    (losses['loss_cls'] + losses['loss_bbox']).backward()
    for parameter in [*head.parameters(), *features]:
        assert parameter.grad is not None and parameter.grad.isfinite().all()


def test_ohem_roi_head_leaves_out_ignored_regions():
    head = make_head(1000)
    features, rpn_results, samples = make_batch([8], [1])
    expected = head.bbox_loss(features, sample_all(head, rpn_results, samples))['cls_score']
    samples[0].ignored_instances = InstanceData(bboxes=rpn_results[0].bboxes[-2:])
    seen = []
    head.bbox_head.register_forward_hook(lambda module, args, output: seen.append(output[0]))
    head.loss(features, rpn_results, samples)
    assert len(seen) == 1  # one forward pass
    assert len(seen[0]) <= len(expected) - 2


def test_ohem_roi_head_supports_losses_on_decoded_boxes():
    head = make_head(1000, reg_decoded_bbox=True, loss_bbox={'type': 'GIoULoss'})
    features, rpn_results, samples = make_batch([9, 13], [2, 3])
    results = head.bbox_loss(features, sample_all(head, rpn_results, samples))
    sampled = sample_all(head, rpn_results, samples)
    rois = torch.cat([torch.zeros(27, 1), torch.cat([r.priors for r in sampled])], dim=1)
    stock = head.bbox_head.loss_and_target(
        results['cls_score'], results['bbox_pred'], rois, sampled, head.train_cfg
    )['loss_bbox']
    torch.testing.assert_close(results['loss_bbox']['loss_bbox'], stock['loss_bbox'])
    assert results['loss_bbox']['loss_bbox'] > 0


def test_ohem_roi_head_refuses():
    with pytest.raises(ValueError, match='num_per_image must be at least 1, got 0'):
        make_head(0)
    with pytest.raises(ValueError, match='with_cls=True, with_reg=False'):
        make_head(with_reg=False)
    head = make_head(loss_cls={'type': 'SeesawLoss', 'num_classes': CLASSES})
    features, rpn_results, samples = make_batch([5, 7], [1, 2])
    with pytest.raises(ValueError, match='SeesawLoss gave'):
        head.bbox_loss(features, sample_all(head, rpn_results, samples))
