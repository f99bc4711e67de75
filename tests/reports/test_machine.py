import torch

from mmdownsize.reports import describe_run


def test_run_is_described_without_folders():
    facts = describe_run(['/a/benchmark.py', '--json', '/b/c.json', '--config', 'configs/x.py'])
    assert facts['command'] == 'python tools/benchmark.py --json c.json --config configs/x.py'
    assert facts['threads'] == torch.get_num_threads() and facts['cpu']
    assert '/' not in facts['command'].replace('tools/', '').replace('configs/', '')


def test_settings_of_the_allocator_are_told(monkeypatch):
    assert 'environment' not in describe_run(['benchmark.py'])
    monkeypatch.setenv('MALLOC_TRIM_THRESHOLD_', '9')
    monkeypatch.setenv('MALLOC_ARENA_MAX', '1')
    told = describe_run(['benchmark.py'])['environment']
    assert told == 'MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=9'
