import dataclasses

import pytest

from training.recipes import RECIPES, Recipe, named_recipe


def test_the_papers_recipe_is_as_written():
    recipe = RECIPES['paper']
    assert (recipe.epochs, recipe.batch_size, recipe.learning_rate, recipe.momentum, recipe.weight_decay,
            recipe.temperature, recipe.embedding_size) == (600, 4096, 4.8, .9, 1e-6, .1, 128)
    assert recipe.vertical_flip > 0
    assert (recipe.plateau_factor, recipe.plateau_threshold, recipe.plateau_patience) == (.5, .1, 10)


def test_the_authors_code_departs_from_it_in_named_settings():
    paper, code = (dataclasses.asdict(RECIPES[name]) for name in ('paper', 'domain_rep'))
    assert {name: code[name] for name in code if code[name] != paper[name]} == {
        'vertical_flip': 0., 'plateau_threshold_mode': 'rel', 'plateau_every': 10, 'global_negatives': False}


def test_the_normalised_recipe_has_the_papers_task_but_for_colours_and_vertical_flips():
    paper, normalised = (dataclasses.asdict(RECIPES[name]) for name in ('paper', 'normalised'))
    assert normalised['batch_norm']
    assert RECIPES['normalised'].scaled_learning_rate == pytest.approx(.12)
    assert normalised['colour_jitter'] > paper['colour_jitter'] == 0
    assert normalised['vertical_flip'] == 0
    for name in ('crop_scale', 'crop_ratio', 'horizontal_flip', 'greyscale', 'temperature', 'embedding_size'):
        assert normalised[name] == paper[name]


def test_the_learning_rate_is_scaled_with_the_batch():
    assert RECIPES['paper'].scaled_learning_rate == pytest.approx(4.8)
    assert Recipe(batch_size=256).scaled_learning_rate == pytest.approx(.3)


def test_settings_are_overridden_from_text():
    recipe = Recipe().override({'learning_rate': '2', 'crop_scale': '[0.2, 1]', 'global_negatives': 'false',
                                'plateau_threshold_mode': 'rel', 'epochs': 3})
    assert (recipe.learning_rate, recipe.crop_scale, recipe.global_negatives, recipe.plateau_threshold_mode,
            recipe.epochs) == (2., (.2, 1.), False, 'rel', 3)


@pytest.mark.parametrize(('settings', 'said'), [
    ({'learnin_rate': '1'}, 'learning_rate'),
    ({'epochs': '1.5'}, 'epochs'),
    ({'epochs': 'many'}, 'int'),
    ({'epochs': '0'}, 'at least 1'),
    ({'batch_size': '1'}, 'at least 2'),
    ({'learning_rate': '-1'}, 'above 0'),
    ({'greyscale': '1.2'}, 'between 0 and 1'),
    ({'crop_scale': '[1, 0.2]'}, 'rising'),
    ({'crop_scale': '0.2'}, 'two numbers'),
    ({'plateau_threshold_mode': 'absolute'}, "'rel'"),
    ({'global_negatives': '1'}, 'true or false'),
    ({'optimizer': 'adam'}, "'lars' or 'sgd'"),
    ({'schedule': 'step'}, "'plateau' or 'cosine'"),
    ({'initial_weights': 'zeros'}, "'kaiming'"),
    ({'warmup': '2'}, 'between 0 and 1'),
    ({'colour_jitter': '-1'}, 'colour_jitter'),
    ({'first_layer_scale': '0'}, 'first_layer_scale'),
])
def test_impossible_settings_are_refused(settings, said):
    with pytest.raises(ValueError, match=said):
        Recipe().override(settings)


def test_an_unknown_recipe_is_refused():
    with pytest.raises(ValueError, match='paper, domain_rep, normalised'):
        named_recipe('papre')
