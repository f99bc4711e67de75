"""A model behind the preprocessor, compiled as one graph."""

import torch
from config_files import load
from mmengine.registry import MODELS
from mmseg.utils import register_all_modules


def test_model_and_preprocessor_compile_as_one_graph_to_the_same_numbers():
    register_all_modules(init_default_scope=True)
    torch.manual_seed(0)
    torch._dynamo.reset()
    config = load('mini/fcn_dsnet_camvid.py')
    config.model.data_preprocessor.interpolator.init = 'random'
    model = MODELS.build(config.model).eval()
    images = torch.randint(0, 256, (2, 3, 90, 120), dtype=torch.uint8)

    def predict(images):
        data = model.data_preprocessor(dict(inputs=list(images)))
        return model(data['inputs'], mode='tensor')

    compiled = torch.compile(predict, fullgraph=True, backend='aot_eager')
    with torch.no_grad():
        ours, theirs = compiled(images), predict(images)
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)
