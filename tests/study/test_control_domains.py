"""Control domains: what they keep, what they take away, and that they are prepared domains like any other."""
import json
from pathlib import Path

import numpy as np
import pytest
from fabricated.images import coloured_images, prepared

from study.control_domains import equalise_spectra, prepare_control, scramble_phases
from study.naturalness import fit_power_law, radial_power_spectrum


def grey(images):
    return images @ np.array([.299, .587, .114])


def phases(images):
    return np.angle(np.fft.fft2(grey(images)))


def test_scrambling_keeps_spectra_and_not_the_phases():
    images = coloured_images(1.5, 50)
    scrambled = scramble_phases(images, 0)
    for colour in range(3):
        before, after = (radial_power_spectrum(values[..., colour], window=False)[1][:, :15] for values in
                         (images, scrambled))
        assert np.median(np.abs(np.log(after / before))) < .05  # but for intensities cut off
    assert np.abs(np.exp(1j * (phases(scrambled) - phases(images))).mean()) < .02
    assert scrambled.mean() == pytest.approx(images.mean(), abs=1)


def test_scrambling_keeps_how_colours_go_together():
    images = np.repeat(coloured_images(2, 5)[..., :1], 3, axis=3)
    scrambled = scramble_phases(images, 0)
    assert np.array_equal(scrambled[..., 0], scrambled[..., 2])


def test_scrambling_depends_on_the_seed_alone():
    images = coloured_images(2, 3)
    assert np.array_equal(scramble_phases(images, 1), scramble_phases(images, 1))
    assert not np.array_equal(scramble_phases(images, 1), scramble_phases(images, 2))


@pytest.mark.parametrize('p', [.5, 1.5, 3])
def test_equalised_domains_have_one_spectrum_and_their_own_phases(p):
    images = coloured_images(p, 100)
    equalised = equalise_spectra(images)
    assert fit_power_law(equalised).p.mean() == pytest.approx(2, abs=.1)
    assert grey(equalised).std(axis=(1, 2)) == pytest.approx(36, rel=.1)
    low = np.s_[:, 1:6, 1:6]
    assert np.cos(phases(equalised)[low] - phases(images)[low]).mean() > .95


def test_a_constant_image_stays_constant():
    assert np.ptp(equalise_spectra(np.full((2, 64, 64, 3), 40, np.uint8))) == 0


@pytest.mark.parametrize('kind', ['scrambled', 'equalised'])
def test_a_control_is_a_prepared_domain(tmp_path, kind):
    domain = prepared(tmp_path, 'mine', coloured_images(2, 600))
    control = prepare_control(domain, kind)
    assert control.name == f'mine_{kind}'
    assert control.images.shape == domain.images.shape
    assert control.index.equals(domain.index)
    assert control.fingerprint != domain.fingerprint
    assert control.metadata['official'] is False
    assert not list(domain.directory.parent.glob('.*'))
    modified = (control.directory / 'images.npy').stat().st_mtime_ns
    assert prepare_control(domain, kind).fingerprint == control.fingerprint
    assert (control.directory / 'images.npy').stat().st_mtime_ns == modified


def test_a_control_of_other_images_is_not_overwritten(tmp_path):
    domain = prepared(tmp_path, 'mine', coloured_images(2, 5))
    prepare_control(domain, 'scrambled')
    with pytest.raises(FileExistsError, match='remove it first'):
        prepare_control(domain, 'scrambled', seed=1)


def test_an_unknown_control_is_refused(tmp_path):
    with pytest.raises(ValueError, match="'blurred'.*scrambled, equalised"):
        prepare_control(prepared(tmp_path, 'mine', coloured_images(2, 5)), 'blurred')


def test_what_is_half_written_is_removed(tmp_path, monkeypatch):
    domain = prepared(tmp_path, 'mine', coloured_images(2, 5))
    monkeypatch.setattr(json, 'dumps', lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        prepare_control(domain, 'scrambled')
    assert [path.name for path in domain.directory.parent.iterdir()] == ['mine']


def test_a_full_disk_is_called_that_and_leaves_nothing(tmp_path, monkeypatch):
    domain, opened = prepared(tmp_path, 'leaves', coloured_images(2, 8)), Path.open

    def onto_full_disk(path, *mode):
        return open('/dev/full', 'wb') if (path.name, mode) == ('images.npy', ('wb',)) else opened(path, *mode)
    monkeypatch.setattr(Path, 'open', onto_full_disk)
    with pytest.raises(OSError, match=r'The disk of .* is full: leaves_scrambled was not made\. Make room'):
        prepare_control(domain, 'scrambled')
    assert [path.name for path in tmp_path.iterdir()] == ['leaves']
