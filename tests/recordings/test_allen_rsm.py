"""Similarity matrices: fetched from a server on this machine, packaged, loaded and scored; and the published ones."""
import shutil

import numpy as np
import pytest
from brainscore_vision import load_benchmark, load_dataset, load_model, load_stimulus_set
from fabricated.bucket import serve_bucket
from fabricated.similarity_matrices import published_files, write_files
from PIL import Image
from typer.testing import CliRunner

from brainscore_plugin.command_line import app
from brainscore_plugin.recordings.allen_rsm import recording
from brainscore_plugin.recordings.allen_rsm.published_matrices import read_matrices
from brainscore_plugin.recordings.fetch import fetch
from brainscore_plugin.recordings.verify import verify


@pytest.fixture
def files(tmp_path, monkeypatch):
    folder = tmp_path / 'published'
    write_files(folder)
    monkeypatch.setattr(recording, 'FILES', published_files(folder))
    return folder


@pytest.fixture
def server(files, monkeypatch):
    with serve_bucket(files, 'matrices/', monkeypatch) as server:
        monkeypatch.setattr(recording, 'FILES', published_files(files, f'{server.bucket.url}/matrices'))
        yield server


def package(cache):
    return recording.Recording().package(cache)


def test_three_files_are_fetched_verified_and_kept(server, files, tmp_path):
    cache = fetch('allen-rsm', tmp_path / 'cache')
    for path in files.iterdir():
        assert (cache / path.name).read_bytes() == path.read_bytes()
    server.requests.clear()
    fetch('Conwell2021', cache)
    assert server.requests == []


def test_a_fetch_that_was_stopped_goes_on(server, files, tmp_path):
    server.fail_on('rdms_splithalf.csv')
    with pytest.raises(OSError, match='run the same command again'):
        fetch('allen-rsm', tmp_path / 'cache')
    assert (tmp_path / 'cache' / 'uber_rdm.csv').is_file()
    part = tmp_path / 'cache' / 'all_input_scenes_118_961.npy.part'
    part.write_bytes((files / 'all_input_scenes_118_961.npy').read_bytes()[:5000])
    server.fail_on(None)
    server.requests.clear()
    fetch('allen-rsm', tmp_path / 'cache')
    assert 'uber_rdm.csv' not in server.requests
    assert package(tmp_path / 'cache')


def test_another_file_at_the_address_is_not_kept(server, files, tmp_path):
    content = (files / 'uber_rdm.csv').read_bytes()
    (files / 'uber_rdm.csv').write_bytes(content[:-2] + b'9\n')
    with pytest.raises(OSError, match='with the SHA-256 .*; expected .*, as published'):
        fetch('allen-rsm', tmp_path / 'cache')
    assert not (tmp_path / 'cache' / 'uber_rdm.csv').exists()


def test_a_file_that_was_changed_in_the_cache_is_an_error_and_fetched_again(server, tmp_path):
    cache = fetch('allen-rsm', tmp_path / 'cache')
    (cache / 'uber_rdm.csv').write_text('changed')
    with pytest.raises(ValueError, match=r'uber_rdm.csv: the SHA-256 is not .* Delete it and fetch again'):
        package(cache)
    with pytest.raises(RuntimeError, match=r'uber_rdm.csv: the SHA-256 is not that of the published file'):
        fetch('allen-rsm', cache)
    fetch('allen-rsm', cache)
    assert package(cache)


def test_the_terms_are_shown_before_anything_is_fetched(server, tmp_path):
    server.fail_on('.csv')
    result = CliRunner().invoke(app, ['recordings', 'fetch', 'allen-rsm', '--cache', str(tmp_path / 'cache')])
    assert result.exit_code == 1
    for said in ('licence   none is stated', 'non-commercial', 'Conwell et al. (2021)', 'Error: '):
        assert said in result.output


def test_missing_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r'lacks uber_rdm.csv, .*recordings fetch allen-rsm'):
        package(tmp_path)


@pytest.mark.parametrize(('name', 'content', 'says'), [
    ('uber_rdm.csv', 'VISp_layer4\n.5\n', 'name different sites'),
    ('rdms_splithalf.csv', 'area,layer\n', 'expected area, layer, mean'),
    ('all_input_scenes_118_961.npy', 'no array', 'damaged'),
])
def test_files_in_another_layout_say_what_is_wrong(name, content, says, files):
    (files / name).write_text(content)
    with pytest.raises(ValueError, match=says):
        read_matrices(files)


def test_too_few_pairs_are_not_a_matrix(files):
    lines = (files / 'uber_rdm.csv').read_text().splitlines(keepends=True)
    (files / 'uber_rdm.csv').write_text(''.join(lines[:-1]))
    with pytest.raises(ValueError, match='7020 rows; expected 7021'):
        read_matrices(files)


def test_what_is_packaged_is_loaded_as_it_was_published(files, home):
    package(files)
    assert verify('allen-rsm')[0]['counts'] == {'sites': 21, 'images': 118}
    published = read_matrices(files)
    assembly = load_dataset('Conwell2021').isel(time_bin=0)
    assert assembly.shape == (118, 118 * 21)
    for number in (0, 5, 20):
        site = published.sites.iloc[number]
        own = assembly.isel(neuroid=np.flatnonzero(assembly['site'].values == site['site']))
        assert own.values == pytest.approx(published.similarities[number], abs=1e-6)
        assert list(own['compared_with'].values) == list(own['stimulus_id'].values)
        assert set(own['reliability'].values) == {site['reliability']}
    scenes = load_stimulus_set('Conwell2021')
    assert np.array_equal(np.asarray(Image.open(scenes.get_stimulus('allen_ns_007'))), published.scenes[7])


def test_a_model_is_scored_by_every_area(files, home):
    package(files)
    score = load_benchmark('Conwell2021.VISp-rdm')(load_model('random_features'))
    assert abs(score) < 4 * score.attrs['error']
    assert list(score.attrs['sites']['site'].values) == ['VISp_layer23', 'VISp_layer4', 'VISp_layer5', 'VISp_layer6']
    assert score.attrs['weight'].values == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0])
    assert float(score.attrs['ceiling']) == pytest.approx(.8)


@pytest.fixture
def published(similarity_matrices, tmp_path, home):
    """The published files, packaged."""
    matrices, scenes = similarity_matrices
    for name in ('uber_rdm.csv', 'rdms_splithalf.csv'):
        shutil.copyfile(matrices / name, tmp_path / name)
    scenes = np.load(scenes, allow_pickle=False).astype('<f8').reshape(118, 961)
    # as NumPy wrote headers in 2017: the file's bytes follow from its content
    header = b"{'descr': '<f8', 'fortran_order': False, 'shape': (118, 961), }      \n"
    (tmp_path / 'all_input_scenes_118_961.npy').write_bytes(
        b'\x93NUMPY\x01\x00' + len(header).to_bytes(2, 'little') + header + scenes.tobytes())
    return package(tmp_path)


def test_the_published_matrices_give_the_values_that_were_measured_apart(published):
    """Pearson's r without noise correction, mean over the sites above .6."""
    benchmark = load_benchmark('Conwell2021.VISp-rdm')
    for model, value in {'pixels64': .098, 'alexnet64_untrained': .147}.items():
        layer = next(iter(benchmark.features(load_model(model))[1].values()))
        score = benchmark.score_features(layer)
        assert float(score.raw) == pytest.approx(value, abs=.0015)
        assert score.item() > float(score.raw)
        assert score.attrs['p_value'] < .01
    means = []
    for area in ('VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl'):
        means.append(float(load_benchmark(f'Conwell2021.{area}-rdm').score_features(layer).raw))
    assert np.mean(means) == pytest.approx(.106, abs=.001)
