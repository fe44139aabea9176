"""What napari's menu of samples opens."""


def test_sample_data(home):
    from napari_viewer import sample_data
    (sheet, options, kind), = sample_data.domains()
    assert options['name'] == 'meadows, streets'
    assert kind == 'image'
    assert sheet.shape[-1] == 3
