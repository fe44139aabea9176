"""Metadata is made from the plugins, and is what Brain-Score's schemas want."""
import json
from types import SimpleNamespace

import brainscore_vision
import pytest
from brainscore_core.metadata import validate, vocabulary_warnings
from torch import nn

from brainscore_plugin.link import plugins
from brainscore_plugin.submit.benchmark_metadata import benchmark_metadata
from brainscore_plugin.submit.checks import Failed
from brainscore_plugin.submit.metadata_checks import check_lengths
from brainscore_plugin.submit.model_metadata import model_metadata

MODELS = {plugin.name: plugin for plugin in plugins() if plugin.type == 'models'}
BENCHMARKS = {plugin.name: plugin for plugin in plugins() if plugin.type == 'benchmarks' and plugin.identifiers}


@pytest.mark.parametrize('name', BENCHMARKS)
def test_every_benchmark_is_described(name):
    document = benchmark_metadata(BENCHMARKS[name].identifiers)
    assert list(document['benchmarks']) == BENCHMARKS[name].identifiers
    check_lengths(document)
    for identifier, entry in document['benchmarks'].items():
        assert entry['data']['species'] == 'mouse'
        assert entry['data']['region'] == identifier.split('.')[1].split('-')[0]
        assert entry['data']['data_publicly_available'] == (name != 'Willeke2022')
        variant = identifier.partition('-')[2].partition('_')[0]
        assert entry['metric']['type'].startswith({'rdm': 'mouse_rdm', 'cka': 'mouse_cka'}.get(
            variant, f'noise_corrected_{variant}'))


@pytest.mark.parametrize('name', ['alexnet64', 'alexnet64_seeds', 'mouse_baselines'])
def test_every_model_is_described(name):
    document = model_metadata(MODELS[name].directory, MODELS[name].identifiers)
    assert list(document['models']) == MODELS[name].identifiers
    validate(document, domain='vision')
    assert vocabulary_warnings(document) == []


def test_a_trained_model_is_described_by_its_card():
    plugin = MODELS['alexnet64']
    identifier = 'alexnet64_simclr_sketch'
    card = json.loads((plugin.directory / 'cards' / f'{identifier}.json').read_text())
    entry = model_metadata(plugin.directory, [identifier])['models'][identifier]
    assert card['weights']['sha256'] in entry['provenance']['checkpoint']
    assert entry['data']['summary'] == card['data']['description']
    assert entry['training']['batch_size'] == str(card['training']['recipe']['batch_size'])
    assert entry['model']['parameter_count'] == 2_469_696  # weights and biases of AlexNet's five convolutions


def test_of_a_model_that_somebody_added_nothing_is_said_that_is_not_read_off_it(tmp_path, monkeypatch):
    network = nn.Linear(3, 2)
    monkeypatch.setattr(brainscore_vision, 'load_model', lambda identifier: SimpleNamespace(
        activations_model=SimpleNamespace(_model=network), layers=['conv1'], visual_degrees=lambda: 8))
    document = model_metadata(tmp_path, ['tiny_network'])
    validate(document, domain='vision')
    entry = document['models']['tiny_network']
    assert entry['model']['parameter_count'] == 8
    assert 'AlexNet' not in str(entry)
    assert entry['provenance']['weights_provider'] is entry['legal']['license'] is None


def test_a_text_longer_than_the_database_takes_is_found():
    with pytest.raises(Failed, match='metric/reference of X has 101 characters'):
        check_lengths({'benchmarks': {'X': {'metric': {'reference': 'a' * 101}}}})
