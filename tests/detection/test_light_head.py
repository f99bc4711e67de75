from pathlib import Path

import pytest
import torch
from mmdet.models import BaseDetector
from mmdet.registry import MODELS
from mmdet.structures import DetDataSample
from mmengine.config import Config
from mmengine.registry import DefaultScope
from mmengine.structures import InstanceData

from mmdownsize.detection import LightHeadRPNHead

MODEL_CONFIGS = Path(__file__).parents[2] / 'configs' / '_base_' / 'models'


@pytest.fixture(scope='module', autouse=True)
def one_thread():
    """So small a model is fastest so, and not slowed by what else the machine does."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope='module', autouse=True)
def mmdet_scope():
    with DefaultScope.overwrite_default_scope('mmdet'):
        yield


def build(name: str, **changes) -> BaseDetector:
    config = Config.fromfile(MODEL_CONFIGS / f'{name}.py')
    config.merge_from_dict({'model.backbone.init_cfg': None} | changes)
    return MODELS.build(config.model)


def make_batch(num_objects: int = 2) -> dict:
    generator = torch.Generator().manual_seed(0)
    inputs, samples = [], []
    for shape in ((61, 90), (83, 70)):
        inputs.append(torch.randint(256, (3, *shape), generator=generator, dtype=torch.uint8))
        sample = DetDataSample(
            metainfo={'img_shape': shape, 'ori_shape': shape, 'scale_factor': (1.0, 1.0)}
        )
        boxes = torch.tensor([[4.0, 6.0, 30.0, 44.0], [31.0, 12.0, 60.0, 50.0]])[:num_objects]
        sample.gt_instances = InstanceData(bboxes=boxes, labels=torch.tensor([3, 19])[:num_objects])
        samples.append(sample)
    return {'inputs': inputs, 'data_samples': samples}


@pytest.fixture(scope='module')
def mini(mmdet_scope) -> BaseDetector:
    """The mini model with a quarter of its channels."""
    torch.manual_seed(0)
    changes = {
        'model.backbone.base_channels': 16,
        'model.neck.in_channels': 128,
        'model.rpn_head.in_channels': 64,
    }
    return build('lighthead_r18_mini', **changes).train()


@pytest.mark.parametrize('num_objects', [0, 2])
def test_mini_trains_and_reaches_every_parameter(mini, num_objects):
    mini.train()
    data = mini.data_preprocessor(make_batch(num_objects), training=True)
    losses = mini(**data, mode='loss')
    assert set(losses) == {'loss_rpn_cls', 'loss_rpn_bbox', 'loss_cls', 'loss_bbox', 'acc'}
    total, _ = mini.parse_losses(losses)
    mini.zero_grad()
    total.backward()
    for name, parameter in mini.named_parameters():
        assert parameter.grad is not None and parameter.grad.isfinite().all(), name


def test_mini_learns_two_images(mini):
    mini.train()
    optimizer = torch.optim.Adam(mini.parameters(), lr=1e-3)
    totals = []
    for _ in range(4):
        data = mini.data_preprocessor(make_batch(), training=True)
        total, _ = mini.parse_losses(mini(**data, mode='loss'))
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        totals.append(total.item())
    assert totals[-1] < totals[0]


def test_mini_gradients_come_from_the_right_maps(mini):
    mini.train()
    data = mini.data_preprocessor(make_batch(), training=True)
    thin, c4 = mini.extract_feat(data['inputs'])
    assert thin.shape[1] == 490 and c4.shape[1] == 64
    assert thin.shape[2:] == c4.shape[2:] == (11, 12)
    thin, c4 = thin.detach().requires_grad_(), c4.detach().requires_grad_()
    mini.extract_feat = lambda inputs: (thin, c4)
    try:
        losses = mini(**data, mode='loss')
    finally:
        del mini.extract_feat
    rpn_loss = sum(losses['loss_rpn_cls']) + sum(losses['loss_rpn_bbox'])
    head_loss = losses['loss_cls'] + losses['loss_bbox']
    from_rpn = torch.autograd.grad(rpn_loss, (thin, c4), allow_unused=True)
    from_head = torch.autograd.grad(head_loss, (thin, c4), allow_unused=True)
    assert from_rpn[0] is None and from_rpn[1].abs().sum() > 0
    assert from_head[0].abs().sum() > 0 and from_head[1] is None


def test_mini_predicts_within_the_image(mini):
    mini.eval()
    with torch.no_grad():
        results = mini.test_step(make_batch())
        raw = mini(**mini.data_preprocessor(make_batch(), training=False), mode='tensor')
    for result in results:
        found = result.pred_instances
        height, width = result.img_shape
        assert 0 < len(found) <= 100 and (found.scores > 0).all()
        assert (found.bboxes >= 0).all()
        assert (found.bboxes <= torch.tensor([width, height, width, height])).all()
    cls_score, bbox_pred = raw[0]
    assert cls_score.shape[1] == 21 and bbox_pred.shape[1] == 80
    assert len(cls_score) == len(bbox_pred) <= 2 * 100


def test_light_head_rpn_head_puts_the_object_before_the_background():
    config = Config.fromfile(MODEL_CONFIGS / 'lighthead_r18_mini.py').model
    config.rpn_head.pop('type')
    rpn_head = LightHeadRPNHead(**config.rpn_head, test_cfg=config.test_cfg.rpn)
    torch.nn.init.zeros_(rpn_head.rpn_cls.weight)
    with torch.no_grad():
        rpn_head.rpn_cls.bias.copy_(torch.tensor([2.0, -1.0]).repeat(15))
    features = torch.rand(1, 490, 5, 6), torch.rand(1, 128, 5, 6)
    (proposals,) = rpn_head.predict(features, make_batch()['data_samples'][:1])
    assert 0 < len(proposals) <= 100
    expected = torch.tensor(3.0).sigmoid().expand(len(proposals))
    torch.testing.assert_close(proposals.scores, expected)


def test_r101_is_built_as_released():
    with torch.device('meta'):
        model = build('lighthead_r101')
    counts = {
        name: sum(parameter.numel() for parameter in child.parameters())
        for name, child in model.named_children()
    }
    anchors, classes = 5 * 3, 20
    assert counts['neck'] == 2 * (2048 * 15 * 256 + 256 + 256 * 15 * 490 + 490)
    assert counts['rpn_head'] == (1024 * 9 * 512 + 512) + (512 + 1) * anchors * (2 + 4)
    assert counts['roi_head'] == (490 + 1) * 2048 + (2048 + 1) * (classes + 1 + 4 * classes)
    assert counts['backbone'] == 42_500_160

    frozen = {n for n, p in model.backbone.named_parameters() if not p.requires_grad}
    assert {'conv1.weight', 'layer1.2.conv3.weight', 'layer4.2.bn3.weight'} <= frozen
    assert not {'layer2.0.conv1.weight', 'layer4.2.conv3.weight'} & frozen
    generator = model.rpn_head.prior_generator
    assert generator.num_base_priors == [anchors] and generator.center_offset == 0.5
    block = model.backbone.layer4[0]
    assert block.conv2.stride == (1, 1) and block.conv2.dilation == (2, 2)


def test_r101_head_starts_as_released():
    config = Config.fromfile(MODEL_CONFIGS / 'lighthead_r101.py')
    head = MODELS.build(config.model.roi_head.bbox_head)
    head.init_weights()
    for layer, std in ((head.shared_fcs[0], 0.01), (head.fc_cls, 0.01), (head.fc_reg, 0.001)):
        assert layer.weight.std().item() == pytest.approx(std, rel=0.03)
        assert not layer.bias.any()
