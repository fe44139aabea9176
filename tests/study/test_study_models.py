"""Which models are compared."""
import pytest

from study import models
from study.models import choose_models, load_models


def test_the_default_is_every_domain_and_every_control():
    groups = [model.group for model in choose_models()]
    assert (groups.count('trained'), groups.count('untrained'), groups.count('baseline')) == (24, 8, 4)


def test_what_does_not_load_is_named():
    networks, missing = load_models(choose_models(['nowhere:real']))
    assert not networks
    assert len(missing) == 1
    assert missing[0].startswith("The model 'nowhere' is missing: ")


def test_an_unknown_model_wants_a_domain():
    with pytest.raises(ValueError, match="'resnet:DOMAIN'"):
        choose_models(['resnet'])


def test_several_models_of_a_domain_are_its_seeds():
    chosen = choose_models(['a:real', 'b:real', 'alexnet64_simclr_real', 'c:sketch'])
    assert [(model.domain, model.seed, model.label) for model in chosen] == [
        ('real', 0, 'real'), ('real', 1, 'real, seed 1'), ('real', 2, 'real, seed 2'), ('sketch', 0, 'sketch')]


def test_seeds_and_starts_are_of_the_study_once_they_are_registered(monkeypatch):
    monkeypatch.setattr(models, '_registered', lambda identifier: True)
    chosen = choose_models()
    assert [model.group for model in chosen].count('trained') == 24
    assert {model.identifier for model in chosen} >= {
        'alexnet64_simclr_cremi_seed2', 'alexnet64_kaiming', 'alexnet64_kaiming_seed2'}
