"""Files that are dropped onto napari."""
from napari_viewer.docks import open_dock


def test_files_are_read_without_and_with_a_window(viewer, weight_files, home, until):
    from napari_viewer.readers import get_reader
    from napari_viewer.sample_data import filter_layer
    assert get_reader('image.png') is None
    assert get_reader(str(home)) is None
    (home / 'images' / 'cats').mkdir(parents=True)
    (home / 'images' / 'cats' / 'tom.PNG').touch()
    assert get_reader(str(home / 'images'))
    assert filter_layer(weight_files[:1])[0].shape[-1] == 3
    viewer.open(str(weight_files[0]), plugin='brainscore-mouse')
    dock = open_dock(viewer, 'filters')
    until(lambda: len(dock.state.networks) == 1)
    viewer.open(str(home / 'domains' / 'meadows'), plugin='brainscore-mouse')
    until(lambda: len(open_dock(viewer, 'browser').sets) == 1)


def test_napari_offers_the_reader_for_nothing_that_it_refuses(tmp_path):
    from npe2 import PluginManager
    manager = PluginManager.instance()
    (tmp_path / 'image.png').touch()
    readers = [reader.plugin_name for reader in manager.iter_compatible_readers([str(tmp_path / 'image.png')])]
    assert 'brainscore-mouse' not in readers
    for path in ('weights.safetensors', tmp_path):
        assert 'brainscore-mouse' in [one.plugin_name for one in manager.iter_compatible_readers([str(path)])]
