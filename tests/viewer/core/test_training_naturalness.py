"""The viewer's naturalness is the study's."""
from napari_viewer.core.training_naturalness import training_naturalness
from study.naturalness import describe_domains
from training.domains import open_domain


def test_naturalness_is_that_of_the_study(home):
    measured = training_naturalness(['alexnet64_simclr_meadows', 'alexnet64_simclr_absent', 'pixels64'])
    table = describe_domains({'meadows': open_domain('meadows').images}).set_index('estimator')
    assert measured == {'alexnet64_simclr_meadows': table.naturalness['log_log']}


def test_models_without_a_prepared_domain_have_none(home):
    assert training_naturalness(['pixels64']) == {}
