"""tools/reproduce.py, its main called as the command line calls it."""

import runpy
import shlex
import sys
from dataclasses import replace
from os.path import relpath
from pathlib import Path
from shutil import copytree

import pytest
from mmengine.config import DictAction
from test_compare import handlers  # noqa: F401

from mmdownsize.config import load_config
from mmdownsize.experiments.paper import EXPERIMENTS
from mmdownsize.experiments.results import Result, Results, read_result
from mmdownsize.experiments.run import Run


@pytest.fixture
def reproduce(root, monkeypatch):
    tool = runpy.run_path('tools/reproduce.py')

    def call(*arguments):
        monkeypatch.setattr(sys, 'argv', ['tools/reproduce.py', *arguments])
        with pytest.raises(SystemExit) as exit_:
            tool['main']()
        return exit_.value.code

    call.namespace = tool['main'].__globals__
    return call


def test_dry_run_trains_sources_before_what_they_are_frozen_in(reproduce, capsys, tmp_path):
    table = EXPERIMENTS['table3'].full[0]
    assert reproduce('table3', '--size', 'full', '--only', table.name, '--dry-run') == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if 'tools/' in line]
    trained = [words[2] for words in lines if words[1] == 'tools/train.py']
    runs = table.runs()
    sources = {run.source.name for run in runs if run.source}
    assert len(trained) == len(runs) + len(sources) == 9 + 18 + 18
    kinds = ['/transfer/' in config for config in trained]
    assert kinds == ([False] * 9 + [True] * 6) * 3  # seed by seed, those without a source first
    assert all(load_config(config) for config in set(trained))


def test_timing_prints_the_benchmark_it_runs(reproduce, capsys):
    assert reproduce('timing', '--dry-run') == 0
    assert 'python tools/benchmark.py --config configs/refinedet_dsnet_voc.py' in (
        capsys.readouterr().out
    )


def test_unknown_table_is_named(reproduce):
    code = reproduce('table2', '--only', 'unet_camvid')
    assert code.startswith('reproduce.py: --only takes fcn_camvid, fcn_camvid_finetuned, deeplab')


def test_size_without_tables_is_told(reproduce):
    code = reproduce('ablation', '--size', 'full', '--dry-run')
    assert code == 'reproduce.py: ablation has no tables of --size full'


def test_some_rows_are_those_of_some_interpolators(reproduce, capsys):
    arguments = 'table2', '--only', 'spnet_camvid', '--seeds', '7', '--dry-run', '--interpolators'
    assert reproduce(*arguments, 'area', 'dsnet') == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if 'tools/train.py' in line]
    assert len(lines) == 2 and 'mode=area' in lines[0] and 'DownsizeNet' in lines[1]
    code = reproduce(*arguments, 'bicubic')
    assert code.startswith('reproduce.py: --interpolators takes bilinear, area, antialias, dsnet')


def test_tables_without_the_chosen_interpolators_are_passed_over(reproduce, capsys):
    arguments = 'table3', '--seeds', '7', '--dry-run', '--interpolators', 'dsnet_soft_phase'
    assert reproduce(*arguments) == 0
    printed = capsys.readouterr().out
    assert 'refinedet_mixture, its interpolator from' in printed
    assert 'lighthead_camvid_det, its' not in printed
    code = reproduce(*arguments, 'dsnet:taps=9')
    assert capsys.readouterr().out == ''  # found before the first table
    assert code.endswith('dsnet_soft_phase, dsnet_averaging, dsnet_nearest; got dsnet:taps=9')


def test_seed_named_twice_is_refused_before_anything_is_trained(reproduce):
    code = reproduce('table2', '--only', 'fcn_camvid', '--seeds', '0', '0')
    assert code == 'reproduce.py: seeds: each is named once, got [0, 0]'


def test_page_needs_results_and_is_left_alone_by_a_dry_run(reproduce, tmp_path, monkeypatch):
    monkeypatch.setitem(reproduce.namespace, 'PAGE', tmp_path / 'page.md')
    code = reproduce('page', '--results', str(tmp_path / 'nowhere'))
    assert code == f'reproduce.py: there are no results in {tmp_path}/nowhere/runs: ' + (
        'name their folder as --results'
    )
    assert reproduce('page', '--dry-run') == 0
    assert not (tmp_path / 'page.md').exists()


@pytest.mark.parametrize(
    'arguments', [['page', '--only', 'fcn_camvid'], ['timing', '--jobs', '2', '--size', 'full']]
)
def test_options_that_would_be_ignored_are_refused(reproduce, capsys, arguments):
    assert reproduce(*arguments) == 2
    given = ', '.join(sorted(word for word in arguments if word.startswith('--')))
    message = f'{arguments[0]} takes --results and --dry-run alone, not {given}\n'
    assert capsys.readouterr().err.endswith(message)


@pytest.mark.parametrize(('index', 'baseline'), [(0, 'bilinear'), (-1, 'nearest')])
def test_chosen_rows_and_seeds_do_not_push_out_the_others(reproduce, tmp_path, index, baseline):
    """All that has a result is compared, whatever was to be carried out this time."""
    table = EXPERIMENTS['table2'].mini[index]
    for run in table.runs([0, 4]):
        score = 50.0 + (run.interpolator == 'area')
        made = Result(
            *(run.name, run.config, run.interpolator, run.seed, {}, 'mIoU', score, {}, []),
            *(run.fingerprint, 1.0, {}),
        )
        Results(tmp_path / 'runs').save(run, made)
    folder = str(tmp_path)
    arguments = '--only', table.name, '--seeds', '0', '--interpolators', 'area', '--results', folder
    assert reproduce('table2', *arguments) == 0
    written = (tmp_path / f'tables/{table.name}/table.md').read_text()
    assert 'bilinear' in written and 'antialias' in written and '+1.00' in written
    assert f'minus {baseline}' in written and '50.00, 50.00' in written  # of both seeds


def test_page_of_the_repository_is_what_its_results_say(reproduce, root, tmp_path, monkeypatch):
    """docs/results.md is generated: by hand it is neither written nor left behind."""
    page, folder = tmp_path / 'page.md', tmp_path / 'results'
    monkeypatch.setitem(reproduce.namespace, 'PAGE', str(page))
    for name in ('runs', 'speed'):
        copytree(root / 'results' / name, folder / name)
    assert reproduce('page', '--results', str(folder)) == 0
    text = page.read_text().replace(relpath(folder, 'docs'), '../results')
    assert text == (root / 'docs/results.md').read_text()
    made = {path.relative_to(tmp_path): path for path in folder.glob('tables/*/table.*')}
    assert made.keys() == {path.relative_to(root) for path in root.glob('results/tables/*/table.*')}
    for name, path in made.items():
        assert path.read_text() == (root / name).read_text(), name


def read_command(result):
    """Read the config of a result, and its settings, out of the command that tested it."""
    words = shlex.split(result.commands[1])
    overrides = [word.split('=', 1) for word in words[words.index('--cfg-options') + 1 :]]
    return words[2], {key: DictAction._parse_iterable(text) for key, text in overrides}


def test_every_stored_command_makes_the_run_that_it_is_stored_with(root):
    """Defaults change; what was trained is told in full by its command, then as now."""
    paths = sorted(root.glob('results/runs/*.json'))
    runs = [result for result in map(read_result, paths) if '-from-' not in result.name]
    assert len(runs) > 60
    for result in runs:
        config, typed = read_command(result)
        run = Run(config, result.interpolator, result.seed)
        options = {key: typed[key] for key in typed.keys() - run.settings().keys()}
        assert run.settings().items() <= typed.items(), result.name
        assert replace(run, options=options).fingerprint == result.fingerprint, result.name


def test_every_stored_command_of_a_run_with_a_source_is_that_of_a_table(root):
    paths = sorted(root.glob('results/runs/*.json'))
    results = [result for result in map(read_result, paths) if '-from-' in result.name]
    tables = [table for experiment in EXPERIMENTS.values() for table in experiment.mini]
    seeds = Results(root / 'results/runs').seeds()
    runs = {}
    for run in (run for table in tables for run in table.runs(seeds)):
        if run.source is not None:
            runs.setdefault(run.name, []).append(run)
    assert len(results) > 60
    for result in results:
        (run,) = (run for run in runs[result.name] if run.fingerprint == result.fingerprint)
        config, typed = read_command(result)
        assert config == run.config
        checkpoints = {typed.pop(place) for place in run.checkpoints()}
        assert typed == run.settings(), result.name
        (folder,) = {Path(checkpoint).parent.name for checkpoint in checkpoints}
        assert folder.endswith(run.source.short_fingerprint), result.name
