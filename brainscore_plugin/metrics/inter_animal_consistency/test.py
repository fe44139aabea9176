import pytest
from brainscore_vision import load_ceiling, load_dataset


def test_simulated_mice_predict_each_other():
    assembly = load_dataset('SimulatedMouse').isel(time_bin=0)
    area = assembly.isel(neuroid=[i for i, region in enumerate(assembly['region'].values) if region == 'VISp'])
    score = load_ceiling('inter_animal_consistency')(area)
    assert score.attrs['n_animals'] == 3
    assert score.attrs['raw_sources'] > 0
    assert score.attrs['raw_sources'] < score.item() < .5  # two mice of unreliable neurons tell little of a third
    with pytest.raises(ValueError, match='needs 2 animals'):
        load_ceiling('inter_animal_consistency')(area.isel(neuroid=slice(0, 60)))
