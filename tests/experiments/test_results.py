import json
from dataclasses import replace

import pytest
from made_results import result

from mmdownsize.experiments.results import Results
from mmdownsize.experiments.run import Run

RUN = Run('configs/mini/fcn_area_camvid.py', 'area', 0)
SCORELESS = json.dumps(vars(result('area', 0, None)))
pytestmark = pytest.mark.usefixtures('root')


@pytest.fixture
def results(tmp_path):
    return Results(tmp_path / 'results')


def test_what_is_saved_is_found(results):
    assert results.find(RUN) is None
    saved = replace(result('area', 0, 12.5), name=RUN.name, fingerprint=RUN.fingerprint)
    results.save(RUN, saved)
    assert results.find(RUN) == saved
    (path,) = results.folder.iterdir()
    assert path.name == f'fcn_area_camvid-area-seed0-{RUN.fingerprint[:8]}.json'
    assert results.seeds() == [0]


def test_long_name_of_a_run_fits_into_a_file_name(results):
    run = replace(RUN, varied={f'train_cfg.{"k" * 40}{n}': n for n in range(6)}, source=RUN)
    assert len(run.name) > 255
    long = replace(RUN, interpolator=f'area:mode={"m" * 250}')
    runs = [run, replace(run, seed=1), replace(long, seed=2)]
    for one in runs:
        results.save(one, replace(result('area', 0, 1.0 + one.seed), fingerprint=one.fingerprint))
    assert [results.find(one).score for one in runs] == [1.0, 2.0, 3.0]


def test_same_run_of_another_experiment_is_taken_under_our_name(results):
    epochs = RUN.load().train_cfg.max_epochs
    theirs = replace(RUN, varied={'train_cfg.max_epochs': epochs})
    saved = result('area', 0, 12.5, train_cfg__max_epochs=epochs)
    results.save(theirs, replace(saved, name=theirs.name, fingerprint=theirs.fingerprint))
    found = results.find(RUN)
    assert (found.name, found.varied, found.score) == (RUN.name, {}, 12.5)
    assert results.find(replace(RUN, seed=1)) is None


def test_result_of_other_settings_is_not_taken(results):
    results.save(RUN, replace(result('area', 0, 12.5), fingerprint=RUN.fingerprint))
    changed = replace(RUN, options={'train_cfg.max_epochs': 2})
    assert results.find(changed) is None


@pytest.mark.parametrize('text', ['', '{"name": "x"}', '[1]', json.dumps(dict(score=1)), SCORELESS])
def test_damaged_result_is_named(results, text):
    results.folder.mkdir()
    results.path(RUN).write_text(text)
    with pytest.raises(
        ValueError, match=r'area-seed0-.*\.json (is no result of a run|has no score)'
    ):
        results.find(RUN)
