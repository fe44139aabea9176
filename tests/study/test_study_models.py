"""Which models are compared."""
import pytest

from study.models import choose_models, load_models


def test_the_default_is_every_domain_and_every_control():
    groups = [model.group for model in choose_models()]
    assert (groups.count('trained'), groups.count('untrained'), groups.count('baseline')) == (8, 5, 3)


def test_what_does_not_load_is_named():
    networks, missing = load_models(choose_models(['nowhere:real']))
    assert not networks
    assert len(missing) == 1
    assert missing[0].startswith("The model 'nowhere' is missing: ")


@pytest.mark.parametrize(('names', 'words'), [
    (['resnet'], "'resnet:DOMAIN'"), (['a:real', 'b:real'], 'given for real')])
def test_a_model_is_of_one_domain(names, words):
    with pytest.raises(ValueError, match=words):
        choose_models(names)
