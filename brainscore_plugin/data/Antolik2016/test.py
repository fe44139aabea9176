import netCDF4
import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision import load_dataset, load_stimulus_set
from brainscore_vision.benchmark_helpers.cache_contract import assert_stimulus_identifier_is_cacheable
from brainscore_vision.data.Antolik2016.recording import EMBEDDED
from brainscore_vision.data.mouse_recordings.layout import packaged
from brainscore_vision.data.mouse_recordings.storage import in_storage
from PIL import Image


@pytest.fixture(scope='module')
def fields():
    """Field of view -> its responses, (image, trial, neuron)."""
    assembly = load_dataset('Antolik2016').isel(time_bin=0).transpose('presentation', 'neuroid')
    values, fields = assembly.values, assembly['animal'].values
    images = np.unique(assembly['stimulus_id'].values, return_inverse=True)[1]
    return {name: by_image(values[:, fields == name], images) for name in dict.fromkeys(fields)}


def by_image(responses, images):
    """Without the images and the trials that were not shown."""
    shown = np.isfinite(responses).all(axis=1)
    return np.stack([responses[shown & (images == image)] for image in np.unique(images[shown])])


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


@pytest.mark.skipif(in_storage('Antolik2016'), reason="fetched from Brain-Score's storage, by SHA-1")
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
    rng, responses, r = np.random.default_rng(0), fields[field], []
    for _ in range(50):
        trials = rng.permutation(responses.shape[1])
        first, second = (responses[:, half].mean(axis=1) for half in np.array_split(trials, 2))
        r.append([np.corrcoef(first[:, n], second[:, n])[0, 1] for n in range(first.shape[1])])
    assert np.mean(r) == pytest.approx(expected, abs=.01)


def test_absent_training_images_are_one_clear_error(tmp_path, monkeypatch):
    monkeypatch.setattr(fetch, '_local_data_path', str(tmp_path))
    for load in (load_dataset, load_stimulus_set):
        with pytest.raises(FileNotFoundError, match='without them nothing can be fitted to') as missing:
            load('Antolik2016.training')
        assert '\n' not in str(missing.value)
