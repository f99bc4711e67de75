import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from made_results import result

from mmdownsize.experiments.grid import Experiment, Grid, Table
from mmdownsize.experiments.page import results_page
from mmdownsize.experiments.paper import EXPERIMENTS as PAPERS
from mmdownsize.experiments.results import Results
from mmdownsize.experiments.timing import PAPER, timing_table

TABLE = Table(
    'fcn_camvid',
    'FCN, 0.3x',
    'CamVid',
    [Grid('configs/mini/fcn_bilinear_camvid.py', ['bilinear', 'area'])],
)
EXPERIMENTS = dict(table2=Experiment('Segmentors', 'gains of 0.5 to 0.9.', mini=[TABLE], full=[]))
pytestmark = pytest.mark.usefixtures('root')


def save(folder, runs):
    for run in runs:
        score = 40.0 + run.seed + (run.interpolator == 'area')
        made = replace(
            result(run.interpolator, run.seed, score),
            fingerprint=run.fingerprint,
            run=dict(date='2026-03-04T05:06', cpu='a processor', threads=1, torch='2.6'),
            seconds=600 + 60 * run.seed,
        )
        Results(folder / 'runs').save(run, made)


def test_page_holds_tables_circumstances_and_what_is_missing(tmp_path):
    save(tmp_path, TABLE.runs([0, 1]))
    page = results_page(EXPERIMENTS, tmp_path)
    assert '## Segmentors\n\nThe paper: gains of 0.5 to 0.9.' in page
    assert '### FCN, 0.3x: CamVid' in page
    assert '+1.00 | +1.00 to +1.00 | 41.00, 42.00 |' in page
    assert '2 of 6 runs are missing yet' in page
    assert 'a processor, 1 thread(s) each; torch 2.6; up to 11 minutes a run' in page
    assert 'python tools/train.py' in page
    assert '--size full' not in page  # it has no such tables


def test_each_commit_and_day_is_named_once(tmp_path):
    runs = TABLE.runs([0])
    save(tmp_path, runs)
    results = Results(tmp_path / 'runs')
    for run, commit in zip(runs, ('abc, def', 'abc'), strict=True):
        made = results.find(run)
        results.save(run, replace(made, run=dict(made.run, commit=commit)))
    page = results_page(EXPERIMENTS, tmp_path)
    assert '\n2026-03-04; a processor, 1 thread(s) each; torch 2.6; ' in page
    assert 'commits abc, def. One run:' in page


def test_commands_of_a_run_begin_with_those_of_its_source(tmp_path):
    (table,) = (table for table in PAPERS['table2'].mini if table.name == 'fcn_camvid_finetuned')
    run = table.runs([0])[0]
    save(tmp_path, [run.source, run])
    results = Results(tmp_path / 'runs')
    for one, command in ((run.source, 'first'), (run, 'second')):
        results.save(one, replace(results.find(one), commands=[command]))
    page = results_page(dict(table2=replace(EXPERIMENTS['table2'], mini=[table])), tmp_path)
    assert '```shell\nfirst\nsecond\n```' in page


def test_page_names_every_machine(tmp_path):
    runs = TABLE.runs([0, 1])
    save(tmp_path, runs)
    results = Results(tmp_path / 'runs')
    other = results.find(runs[0])
    results.save(runs[0], replace(other, run=dict(other.run, gpu='a GPU')))
    page = results_page(EXPERIMENTS, tmp_path)
    assert '; a GPU; a processor, 1 thread(s) each; torch 2.6; ' in page


def test_page_compares_with_the_baseline_of_the_table(tmp_path):
    save(tmp_path, TABLE.runs([0, 1]))
    tables = [replace(TABLE, baseline='area')]
    page = results_page(dict(table2=replace(EXPERIMENTS['table2'], mini=tables)), tmp_path)
    assert 'minus area' in page and '-1.00 | -1.00 to -1.00 | 40.00, 41.00 |' in page


def test_page_holds_the_parts_of_a_score(tmp_path):
    save(tmp_path, TABLE.runs([0]))
    table = replace(TABLE, parts={'all of it': ['mIoU']})
    experiments = dict(table2=replace(EXPERIMENTS['table2'], mini=[table]))
    page = results_page(experiments, tmp_path)
    assert 'mIoU of parts of the data:' in page
    assert '| area         |     1 |     41.00 |' in page  # as mIoU, it is in percent already
    assert 'serves it best' not in page  # there is no learned one


def test_page_compares_each_part_with_the_fixed_interpolation_that_serves_it_best(tmp_path):
    grids = [replace(TABLE.grids[0], interpolators=['area', 'dsnet'])]
    table = replace(TABLE, grids=grids, parts={'all of it': ['mIoU']})
    save(tmp_path, table.runs([0, 1]))
    page = results_page(dict(table2=replace(EXPERIMENTS['table2'], mini=[table])), tmp_path)
    below = page.partition('the fixed interpolation of this table that serves it best:')[2]
    assert '| dsnet        | all of it |       area |     2 |            -1.00 | -1.00' in below


def test_page_holds_the_times_that_were_measured(tmp_path):
    times = {name: dict(median_ms=10.0, ratio=1.25) for name in PAPER}
    run = dict(date='2026-03-04', cpu='a processor', threads=2, torch='2.6', command='python x.py')
    (tmp_path / 'speed').mkdir()
    text = json.dumps(dict(run=run, models=[dict(predict=times)]))
    (tmp_path / 'speed/timing.json').write_text(text)
    text = json.dumps(dict(run=run | dict(gpu='a GPU', commit='abc'), models=[dict(predict=times)]))
    (tmp_path / 'speed/timing_there.json').write_text(text)
    page = results_page(EXPERIMENTS, tmp_path)
    assert page.count('| dsnet:num_convs=4 |          1.197 | 1.250 | 10.0 |') == 2
    assert 'a processor, 2 thread(s); torch 2.6; commit unknown: `python x.py`' in page
    assert 'a GPU, 2 thread(s); torch 2.6; commit abc: `python x.py`' in page


def test_page_without_results_says_so(tmp_path):
    page = results_page(dict(table2=replace(EXPERIMENTS['table2'], full=[TABLE])), tmp_path)
    assert 'Not measured: `python tools/reproduce.py timing`' in page
    for size in ('mini', 'full'):
        assert f'Not measured: `python tools/reproduce.py table2 --size {size}`' in page
    assert '###' not in page


def test_results_of_other_settings_are_passed_over(tmp_path):
    (run, *_) = TABLE.runs([0])
    changed = replace(run, options={'train_cfg.max_epochs': 2})
    Results(tmp_path / 'runs').save(changed, result('bilinear', 0, 1.0))
    assert '###' not in results_page(EXPERIMENTS, tmp_path)


def test_every_seed_is_there_and_its_plot(tmp_path):
    save(tmp_path, TABLE.runs([7]))
    page = results_page(EXPERIMENTS, tmp_path)
    assert '+1.00 |' in page and '6 of 6 runs are missing' in page
    plot = tmp_path / 'tables/fcn_camvid/plot.png'
    (shown,) = re.findall(r'!\[.*\]\((.*)\)', page)
    assert plot.is_file() and Path('docs', shown).resolve() == plot.resolve()


def test_timing_needs_all_that_the_paper_timed():
    times = {name: dict(median_ms=10.0, ratio=1.0) for name in PAPER}
    assert len(timing_table(dict(models=[dict(predict=times)])).splitlines()) == 2 + len(PAPER)
    times.pop('dsnet:num_convs=4')
    for models in ([], [dict(predict=times)]):
        with pytest.raises(ValueError, match='num_convs=4: run it with --config'):
            timing_table(dict(models=models))
