"""What other animals' neurons get, in tables and figures of the study."""
import numpy as np
import pandas as pd
import pytest

from study.analyses.neural_predictivity import plot_first_against_mean, plot_layers
from study.other_animals import other_animals


@pytest.fixture
def scores():
    """Two areas, of which the first has animals that saw the same images, by one metric of two."""
    rows = [('SimulatedMouse', area, metric, model, layer, value)
            for area in ('VISp', 'VISl') for metric in ('pls', 'rdm') for model, layer, value in (
                ('a', 'conv1', .2), ('a', 'conv2', .3), ('b', 'conv1', np.nan), ('b', 'conv2', .1),
                ('gabor_oracle', 'features', .9))]
    table = pd.DataFrame(rows, columns=['recording', 'area', 'metric', 'model', 'layer', 'value'])
    known = (table.area == 'VISp') & (table.metric == 'pls')
    return table.assign(label=table.model, domain=table.model, error=.01,
                        group=np.where(table.model == 'gabor_oracle', 'baseline', 'trained'),
                        consistency=np.where(known, .4, np.nan), consistency_error=np.where(known, .02, np.nan),
                        n_animals=np.where(known, 3, np.nan))


def test_the_best_model_is_a_share_of_what_all_but_one_animal_get(scores):
    found = other_animals(scores)
    assert found.to_dict('records') == [{
        'recording': 'SimulatedMouse', 'area': 'VISp', 'metric': 'pls', 'value': .4, 'error': .02, 'n_animals': 3,
        'n_pooled': 2, 'best_model': 'a', 'best_layer': 'conv2', 'best_value': .3, 'best_of_value': .3 / .4}]


def test_nothing_is_no_share_of_what_is_not_there(scores):
    assert other_animals(scores.assign(consistency=-scores.consistency)).best_of_value.isna().all()
    assert len(other_animals(scores.assign(consistency=np.nan))) == 0


def test_a_line_is_drawn_where_animals_are_compared_only(scores):
    colours, others = {'a': (1, 0, 0), 'b': (0, 0, 1)}, other_animals(scores)
    pairs = pd.DataFrame([('SimulatedMouse', area, metric, 'a', 'a', .2, .25) for area in ('VISp', 'VISl')
                          for metric in ('pls', 'rdm')], columns=['recording', 'area', 'metric', 'model', 'label',
                                                                  'first_layer', 'mean_of_layers'])
    for figure, direction in ((plot_layers(scores, colours, others), 1),
                              (plot_first_against_mean(pairs, colours, others), 0)):
        lines = {axis.get_title(): [line.get_data()[direction][0] for line in axis.lines
                                    if str(line.get_label()).startswith("other animals' neurons, 2 of 3")]
                 for axis in figure.axes}
        assert [len(found) for found in lines.values()] == [1, 0, 0, 0]
        assert next(iter(lines.values())) == [.4]
        assert any('2 of 3 pooled' in text.get_text() for text in figure.legends[0].get_texts())
