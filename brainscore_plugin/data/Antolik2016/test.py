import netCDF4
import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision import load_dataset, load_stimulus_set
from brainscore_vision.benchmark_helpers.cache_contract import assert_stimulus_identifier_is_cacheable
from brainscore_vision.data.Antolik2016.recording import EMBEDDED
from brainscore_vision.data.mouse_recordings.layout import packaged
from brainscore_vision.metrics.mouse_metrics.assemblies import images_by_trials, trials_by_animal
from brainscore_vision.metrics.mouse_metrics.halvings import half_means, trial_halves
from PIL import Image


@pytest.fixture(scope='module')
def fields():
    return {name: images_by_trials(trials)[0]
            for name, trials in trials_by_animal(load_dataset('Antolik2016').isel(time_bin=0))}


def test_fields_have_the_published_numbers(fields):
    assert {name: responses.shape for name, responses in fields.items()} == {
        'region1': (50, 10, 103), 'region2': (50, 8, 55), 'region3': (50, 12, 102)}
    assert all(np.isfinite(responses).all() for responses in fields.values())


def test_images_are_grey_and_small():
    stimuli = load_stimulus_set('Antolik2016')
    assert_stimulus_identifier_is_cacheable('Antolik2016')
    assert len(stimuli) == 100
    with Image.open(stimuli.get_stimulus('antolik2016_0000')) as image:
        assert (image.mode, image.size) == ('L', (31, 31))
        assert 'CC BY 4.0' in image.text['license']


def test_whose_it_is_stands_in_the_file_and_the_files_are_whole():
    layout = packaged('Antolik2016', EMBEDDED)
    assert layout.damage() == []
    with netCDF4.Dataset(layout.assembly) as file:
        assert file.doi == '10.1371/journal.pcbi.1004927'
        assert 'CC BY 4.0' in file.license
        assert 'rounded' in file.changes
    assert sum(path.stat().st_size for path in layout.directory.rglob('*')) < 2_000_000


# from a first look at the supplement by other code, to its last digit
@pytest.mark.parametrize(('field', 'expected'), [('region1', .57), ('region2', .44), ('region3', .56)])
def test_halves_of_the_trials_agree_as_they_did(field, expected, fields):
    halves = trial_halves(fields[field].shape[1], 50, 0)
    first, second = half_means(fields[field], halves), half_means(fields[field], ~halves)
    r = [[np.corrcoef(a[:, n], b[:, n])[0, 1] for n in range(a.shape[1])] for a, b in zip(first, second)]
    assert np.mean(r) == pytest.approx(expected, abs=.01)


def test_absent_training_images_are_one_clear_error(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path))
    for load in (load_dataset, load_stimulus_set):
        with pytest.raises(FileNotFoundError, match='without them nothing can be fitted to') as missing:
            load('Antolik2016.training')
        assert '\n' not in str(missing.value)
