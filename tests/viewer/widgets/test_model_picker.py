"""Models that cannot be shown."""
from napari_viewer.docks import open_dock


def test_errors_are_notifications_with_a_remedy(viewer, home, tmp_path, until, notifications):
    dock = open_dock(viewer, 'filters')
    (tmp_path / 'cut.safetensors').write_bytes(b'\x01')
    remedies = {tmp_path / 'cut.safetensors': 'brainscore-mouse export', 'pixels64': 'alexnet64_untrained',
                tmp_path / 'gone.ckpt': 'training', 'no_such_model': 'brainscore-mouse status'}
    for source, remedy in remedies.items():
        dock.picker.tick(source)
        until(lambda remedy=remedy: any(remedy in text for text in notifications), 60000)
        until(lambda: not dock.picker.worker_bar.busy)
    assert dock.state.networks == []
    assert dock.picker._ticked() == []
