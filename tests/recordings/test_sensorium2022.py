"""Sensorium 2022: fabricated mice in the published layout, packaged and loaded; and what may be wrong with them."""
import shutil
from pathlib import Path

import numpy as np
import pytest
from brainscore_core.supported_data_standards.brainio import fetch
from brainscore_vision import load_benchmark, load_dataset, load_model, load_stimulus_set
from fabricated.sensorium import IMAGE_SHAPE, make_mouse, tiers_and_images
from PIL import Image

from brainscore_plugin.data.mouse_recordings.layout import packaged
from brainscore_plugin.recordings.sensorium2022.mice import MICE, PUBLIC
from brainscore_plugin.recordings.sensorium2022.package_mouse import package_mouse
from brainscore_plugin.recordings.sensorium2022.published_mouse import open_mouse
from brainscore_plugin.recordings.sensorium2022.recording import Recording

N_TRAIN, N_VALIDATION, N_TEST, N_TRIALS, N_NEURONS = 30, 4, 5, 3, 7
FIRST = PUBLIC[0]


def small_mouse(directory: Path, key: str = FIRST.key, seed: int = 0, **options) -> Path:
    """A mouse of 49 trials; its training images are its own, its test images those of all."""
    rng = np.random.default_rng(0)
    tiers, images = tiers_and_images(N_TRAIN, N_VALIDATION, N_TEST, N_TRIALS, seed)
    own = np.where(images >= N_TEST, images + 40 * seed, images)
    shown = rng.integers(0, 256, (N_TEST + 40 * 6, *IMAGE_SHAPE))
    responses = np.random.default_rng([seed, 1]).gamma(1, 1, (len(tiers), N_NEURONS))
    return make_mouse(directory, key, shown, own, tiers, responses, **options)


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """Brain-Score's data home."""
    home = tmp_path / '.brainio'
    monkeypatch.setattr(fetch, '_local_data_path', str(home))
    return home


def trial(folder: Path, name: str, number: int) -> Path:
    return folder / 'data' / name / f'{number}.npy'


class TestReading:
    @pytest.mark.parametrize('zipped', [False, True])
    def test_images_and_responses_are_those_of_their_trial(self, tmp_path, zipped):
        mouse = open_mouse(small_mouse(tmp_path, zipped=zipped))
        tiers, images = tiers_and_images(N_TRAIN, N_VALIDATION, N_TEST, N_TRIALS)
        responses = np.random.default_rng([0, 1]).gamma(1, 1, (len(tiers), N_NEURONS))
        shown = np.random.default_rng(0).integers(0, 256, (N_TEST + 240, *IMAGE_SHAPE))
        assert mouse.trials['tier'].tolist() == tiers.tolist()
        assert mouse.trials['stimulus_id'].tolist() == [f'imagenet_{image + 1000}' for image in images]
        for number in (0, 10, 48):  # 10 comes before 2 in the order of names
            assert np.array_equal(mouse.image(number), shown[images[number]])
            assert mouse.responses(number) == pytest.approx(responses[number])
        assert set(mouse.neurons['region']) == {'VISp'}

    def test_nothing_is_written(self, tmp_path):
        folder = small_mouse(tmp_path)
        before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob('*')}
        for path in before:
            path.chmod(0o555 if path.is_dir() else 0o444)
        mouse = open_mouse(folder)
        mouse.image(0), mouse.responses(0)
        assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob('*')} == before

    def test_what_macos_puts_beside_files_is_passed_over(self, tmp_path):
        folder = small_mouse(tmp_path)
        for path in list(folder.rglob('*.npy')):
            path.with_name(f'._{path.name}').write_bytes(b'\0\5\26\7\0\2\0\0Mac OS X')
        assert len(open_mouse(folder).trials) == N_TRAIN + N_VALIDATION + N_TEST * N_TRIALS

    def test_neuralpredictors_reads_the_same(self, tmp_path):
        datasets = pytest.importorskip('neuralpredictors.data.datasets')
        folder = small_mouse(tmp_path)
        theirs, ours = datasets.FileTreeDataset(str(folder), 'images', 'responses'), open_mouse(folder)
        for number in (0, 10, 48):
            assert np.array_equal(theirs[number].images[0], ours.image(number))
            assert np.array_equal(theirs[number].responses, ours.responses(number))
        assert list(theirs.trial_info.tiers) == ours.trials['tier'].tolist()

    def test_seven_mice_are_listed_and_the_competitions_two_are_not_used(self):
        assert len(MICE) == 7
        assert sum(mouse.neurons for mouse in MICE) == 54_569
        assert sum(mouse.neurons for mouse in PUBLIC) == 39_255
        assert {mouse.track for mouse in MICE if mouse not in PUBLIC} == {'Sensorium', 'Sensorium+'}


class TestPackaging:
    @pytest.fixture(scope='class')
    def everything(self, tmp_path_factory):
        """Cache and folders of five mice, packaged from a cache that holds one of the competition, too."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(fetch, '_local_data_path', str(tmp_path_factory.mktemp('home') / '.brainio'))
            cache = tmp_path_factory.mktemp('cache')
            for seed, mouse in enumerate(MICE[:6]):
                small_mouse(cache, mouse.key, seed, zipped=seed == 1)
            yield cache, Recording().package(cache)

    def test_assemblies_hold_every_trial_of_the_five_public_mice(self, everything):
        assert [folder.name for folder in everything[1]] == [mouse.identifier for mouse in PUBLIC]
        assembly = load_dataset(FIRST.identifier)
        assert assembly.shape == (49, N_NEURONS, 1)
        tiers, images = tiers_and_images(N_TRAIN, N_VALIDATION, N_TEST, N_TRIALS)
        assert assembly['tier'].values.tolist() == tiers.tolist()
        assert assembly['stimulus_id'].values.tolist() == [f'imagenet_{image + 1000}' for image in images]
        assert assembly.values[:, :, 0] == pytest.approx(np.random.default_rng([0, 1]).gamma(1, 1, (49, N_NEURONS)))
        assert set(assembly['animal'].values) == {'21067'}
        assert set(assembly['repetition'].values[tiers == 'test']) == {0, 1, 2}
        assert set(assembly['repetition'].values[tiers != 'test']) == {0}

    def test_the_stimulus_set_holds_each_image_once(self, everything):
        stimuli = load_stimulus_set('Willeke2022')
        assert len(stimuli) == N_TEST + 5 * (N_TRAIN + N_VALIDATION)
        with Image.open(stimuli.get_stimulus('imagenet_1002')) as image:
            assert image.mode == 'L'
            assert np.array_equal(image, np.random.default_rng(0).integers(0, 256, (N_TEST + 240, *IMAGE_SHAPE))[2])

    def test_packaging_again_gives_the_same_bytes(self, everything, tmp_path):
        again = Recording().package(everything[0], tmp_path / 'again')
        sums = [packaged(FIRST.identifier, folder).read_sidecar()['sha1'] for folder in (None, tmp_path / 'again')]
        assert len(again) == 5
        assert sums[0] == sums[1]

    def test_a_benchmark_scores_animals_on_their_own_neurons(self, everything):
        benchmark = load_benchmark('Willeke2022.VISp-pls')
        recordings = benchmark.recordings
        assert recordings.shape == (N_TEST * N_TRIALS, 5 * N_NEURONS)
        assert np.isfinite(recordings.values).all()  # all mice saw the same test images
        training = benchmark.load_training('22846')
        assert training.shape == (N_TRAIN + N_VALIDATION, N_NEURONS)
        assert not set(training['stimulus_id'].values) & set(recordings['stimulus_id'].values)
        # in units of the standard deviation over training trials
        assert training.values.std(axis=0) == pytest.approx(1, abs=1e-5)
        score = benchmark(load_model('random_features'))
        assert score.attrs['filter'] == 'none'
        assert len(score.attrs['animals']) == 5

    def test_the_rdm_benchmark_shows_the_test_images_alone(self, everything):
        recordings = load_benchmark('Willeke2022.VISp-rdm').recordings
        assert len(recordings.attrs['stimulus_set']) == N_TEST
        assert recordings.attrs['stimulus_set'].identifier == 'Willeke2022--test'

    def test_other_images_under_the_same_id_are_refused(self, everything, tmp_path, monkeypatch):
        home = shutil.copytree(everything[1][0].parent, tmp_path / '.brainio')
        monkeypatch.setattr(fetch, '_local_data_path', str(home))
        folder = small_mouse(tmp_path / 'other', PUBLIC[2].key, 2)
        shown = open_mouse(folder).trials
        for number in np.flatnonzero(shown['stimulus_id'] == 'imagenet_1003'):
            np.save(trial(folder, 'images', number), np.zeros((1, *IMAGE_SHAPE), np.float32))
        package_mouse(PUBLIC[2], folder)
        with pytest.raises(ValueError, match="another mouse saw as 'imagenet_1003'"):
            load_stimulus_set('Willeke2022')

    def test_without_all_mice_there_is_nothing_unless_part_is_asked_for(self, tmp_path, home):
        small_mouse(tmp_path / 'cache')
        with pytest.raises(FileNotFoundError, match='lacks 4 of the 5 mice'):
            Recording().package(tmp_path / 'cache')
        assert Recording().package(tmp_path / 'cache', partial=True) == [home / FIRST.identifier]

    def test_a_damaged_zip_is_told_after_fetching_and_removed(self, tmp_path):
        place = tmp_path / f'{FIRST.folder}.zip'
        place.write_bytes(b'PK\x03\x04 no more')
        (answer,) = Recording().reduce(tmp_path, [FIRST.key])
        assert 'download it again' in answer['error']
        assert not place.exists()


def _rewrite(folder: Path, kind: str, name: str, change) -> None:
    path = folder / 'meta' / kind / f'{name}.npy'
    np.save(path, change(np.load(path)))


def _put(values, where, what):
    values[where] = what
    return values


def _test_trials(folder: Path) -> np.ndarray:
    return np.flatnonzero(np.load(folder / 'meta' / 'trials' / 'tiers.npy') == 'test')


def _withhold(folder: Path) -> None:
    for number in _test_trials(folder):
        np.save(trial(folder, 'responses', number), np.zeros(N_NEURONS, np.float32))


def _show_one_test_image_once(folder: Path) -> None:
    ids = np.load(folder / 'meta' / 'trials' / 'frame_image_id.npy')
    trials = np.flatnonzero(ids == 1002)
    _rewrite(folder, 'trials', 'tiers', lambda tiers: _put(tiers, trials[1:], 'final_test'))


FAULTS = {
    'the mouse is missing': (shutil.rmtree, FileNotFoundError, 'does not exist'),
    'another folder': (lambda f: shutil.rmtree(f / 'meta'), ValueError, 'is not a mouse of Sensorium 2022'),
    'no folder of responses': (lambda f: shutil.rmtree(f / 'data' / 'responses'), FileNotFoundError, 'is missing'),
    'a trial is missing': (lambda f: trial(f, 'responses', 7).unlink(), ValueError, '7.npy is missing'),
    'differing counts of files': (lambda f: trial(f, 'images', 48).unlink(), ValueError, '48 trials, .* 49: 48.npy'),
    'a file too many': (lambda f: np.save(trial(f, 'images', 49), np.zeros(3)), ValueError, '49.npy belongs to no'),
    'a file of another name': (lambda f: np.save(f / 'data' / 'images' / 'x.npy', np.zeros(3)), ValueError,
                               'is not a trial'),
    'metadata missing': (lambda f: (f / 'meta' / 'neurons' / 'area.npy').unlink(), FileNotFoundError, 'area.npy is'),
    'metadata of another length': (lambda f: _rewrite(f, 'neurons', 'layer', lambda v: v[1:]), ValueError,
                                   r'layer.npy has the shape \(6,\); expected 7'),
    'an image of another shape': (lambda f: np.save(trial(f, 'images', 3), np.zeros((1, 36, 64))), ValueError,
                                   'expected 1 x 144 x 256'),
    'responses of another shape': (lambda f: np.save(trial(f, 'responses', 3), np.zeros(N_NEURONS + 1)), ValueError,
                                   r'3.npy has the shape \(8,\); expected 7'),
    'a truncated array': (lambda f: trial(f, 'images', 3).write_bytes(trial(f, 'images', 3).read_bytes()[:500]),
                          ValueError, '3.npy is damaged'),
    'no array': (lambda f: trial(f, 'images', 3).write_text('<html>'), ValueError, '3.npy is damaged'),
    'a pickle': (lambda f: np.save(trial(f, 'responses', 3), np.array([{}], object), allow_pickle=True), ValueError,
                 'holds a pickle'),
    'a response that is not finite': (lambda f: np.save(trial(f, 'responses', 3), np.full(N_NEURONS, np.nan)),
                                      ValueError, 'that of neuron 0 is nan'),
    'an image out of range': (lambda f: np.save(trial(f, 'images', 3), np.full((1, *IMAGE_SHAPE), 300.)), ValueError,
                               'from 0 to 255'),
    'an unknown tier': (lambda f: _rewrite(f, 'trials', 'tiers', lambda v: _put(v, 4, 'oracle')), ValueError,
                        "tier 'oracle'; expected one of train"),
    'an unknown area': (lambda f: _rewrite(f, 'neurons', 'area', lambda v: _put(v, 4, 'LM')), ValueError, "area 'LM'"),
    'a name that leads out of the folder': (
        lambda f: _rewrite(f, 'trials', 'frame_image_class', lambda v: _put(v.astype('<U20'), 4, '../up')), ValueError,
        "names an image '../up"),
    'no test images': (lambda f: _rewrite(f, 'trials', 'tiers', lambda v: _put(v, v == 'test', 'train')), ValueError,
                       'no trial is of the tier test'),
    'a test image in one trial': (_show_one_test_image_once, ValueError, "'imagenet_1002' was shown once"),
    'an image in training and test': (lambda f: _rewrite(f, 'trials', 'tiers', lambda v: _put(v, _test_trials(f)[0],
                                                                                              'train')),
                                      ValueError, 'is both a test image and a training image'),
    'withheld test responses': (_withhold, ValueError, 'withheld'),
    'trials of one image that differ': (
        lambda f: np.save(trial(f, 'images', _test_trials(f)[0]), np.zeros((1, *IMAGE_SHAPE))), ValueError,
        'different images under the id'),
}


@pytest.mark.parametrize(('damage', 'error', 'says'), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_a_clear_error_and_what_was_packaged_stays(tmp_path, home, damage, error, says):
    package_mouse(FIRST, small_mouse(tmp_path / 'good'))
    before = packaged(FIRST.identifier).read_sidecar()
    folder = small_mouse(tmp_path / 'bad')
    damage(folder)
    with pytest.raises(error, match=says):
        package_mouse(FIRST, folder)
    assert packaged(FIRST.identifier).read_sidecar() == before
    assert packaged(FIRST.identifier).damage() == []
    assert [path.name for path in home.iterdir() if path.is_dir()] == [FIRST.identifier]
