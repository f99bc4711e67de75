import torch

from mmdownsize.reports import describe_run


def test_run_is_described_without_folders():
    facts = describe_run(['/a/benchmark.py', '--json', '/b/c.json', '--config', 'configs/x.py'])
    assert facts['command'] == 'python tools/benchmark.py --json c.json --config configs/x.py'
    assert facts['threads'] == torch.get_num_threads() and facts['cpu']
    assert '/' not in facts['command'].replace('tools/', '').replace('configs/', '')
