"""Packaging of the supplement of Antolík et al. (2016), on a fabricated one, with and without training images."""
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from brainscore_vision import load_benchmark, load_dataset, load_model, load_stimulus_set
from brainscore_vision.data.Antolik2016 import recording
from fabricated.antolik import N_TRAINING, make_supplement
from PIL import Image

from brainscore_plugin.data.mouse_recordings.layout import Layout, packaged
from brainscore_plugin.recordings.antolik2016.package_fields import package_fields
from brainscore_plugin.recordings.catalogue import published
from brainscore_plugin.recordings.verify import verify


def test_without_training_images_the_repeated_ones_are_packaged(home, tmp_path):
    folders = published('antolik2016').package(make_supplement(tmp_path / 'Data', training_images=False))
    assert [folder.name for folder in folders] == ['Antolik2016']
    sidecar = packaged('Antolik2016').read_sidecar()
    assert sidecar['counts']['images'] == 40
    assert sidecar['doi'] == '10.1371/journal.pcbi.1004927'
    assert len(verify('Antolik2016')) == 1


def test_training_images_are_packaged_without_those_that_are_scored(home, tmp_path):
    supplement = make_supplement(tmp_path / 'Data')
    assert [folder.name for folder in package_fields(supplement)] == ['Antolik2016', 'Antolik2016.training']
    training, stimuli = load_dataset('Antolik2016.training'), load_stimulus_set('Antolik2016.training')
    assert training.shape == (3 * (N_TRAINING - 1), 12, 1)
    assert set(training['stimulus_id'].values) < set(stimuli['stimulus_id'])
    own = training.isel(time_bin=0)[training['shown_to'].values == 'region2']
    assert np.isfinite(own.values).sum(axis=1).tolist() == [3] * (N_TRAINING - 1)


def test_the_held_out_benchmark_scores_on_them(home, tmp_path, monkeypatch):
    package_fields(make_supplement(tmp_path / 'Data'))
    monkeypatch.setattr(recording, 'EMBEDDED', home)
    score = load_benchmark('Antolik2016.VISp-pls_held_out')(load_model('pixels64'))
    assert list(score.attrs['animals']['animal'].values) == ['region1', 'region2', 'region3']
    assert np.isfinite(score.attrs['animals'].values).all()


def test_the_embedded_recording_is_what_the_published_supplement_gives(home, antolik_supplement):
    package_fields(antolik_supplement)
    made, embedded = packaged('Antolik2016'), Layout(recording.EMBEDDED / 'Antolik2016', 'Antolik2016')
    with xr.open_dataset(made.assembly) as one, xr.open_dataset(embedded.assembly) as other:
        xr.testing.assert_identical(one, other)  # to the bit
    pd.testing.assert_frame_equal(pd.read_csv(made.stimuli_csv), pd.read_csv(embedded.stimuli_csv))
    images = [{path.name: np.asarray(Image.open(path)) for path in layout.directory.rglob('*.png')}
              for layout in (made, embedded)]
    assert images[0].keys() == images[1].keys()
    assert len(images[0]) == 100
    assert all((image == images[1][name]).all() for name, image in images[0].items())


@pytest.mark.parametrize(('name', 'content', 'says'), [
    ('validation_inputs.npy', None, 'validation_inputs.npy is missing'),
    ('validation_inputs.npy', np.full((20, 961), 1e-3), 'whole grey levels'),
    ('raw_validation_set.npy', np.ones((6, 19, 4)), 'responses to 19 images'),
    ('training_set.npy', np.ones((7, 4)), 'expected 60 presentations'),
])
def test_what_is_not_the_supplement_is_named(name, content, says, home, tmp_path):
    supplement = make_supplement(tmp_path / 'Data')
    (supplement / 'region1' / name).unlink()
    if content is not None:
        np.save(supplement / 'region1' / name, content)
    with pytest.raises((FileNotFoundError, ValueError), match=says):
        package_fields(supplement)
    assert not packaged('Antolik2016').directory.exists()
