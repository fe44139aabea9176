"""Panels of recordings of different kinds, areas and metrics."""
import pandas as pd
import pytest

from study.analyses.naturalness_and_predictivity import plot_tests
from study.analyses.neural_predictivity import _resolvable, plot_layers
from study.domain_comparison import COLUMNS
from study.other_animals import COLUMNS as OF_OTHERS
from study.plotting import MOST_COLUMNS, panels_by_area
from study.recordings import RECORDINGS


def table(**metrics):
    return pd.DataFrame([{'recording': recording, 'area': area, 'metric': metric, 'value': .1}
                         for recording, wanted in metrics.items() for metric in wanted for area in wanted[metric]])


def test_there_is_a_panel_for_what_there_is_and_for_nothing_else():
    figure, panels = panels_by_area(table(Antolik2016={'rdm': ['VISp'], 'pls': ['VISp']},
                                          Conwell2021={'rdm': ['VISp', 'VISl', 'VISal', 'VISam', 'VISpm']}))
    assert [axis.get_title() for axis, _ in panels[:3]] == [
        'Antolik2016 (real)\nVISp, per neuron', 'Antolik2016 (real)\nVISp, dissimilarities',
        'Conwell2021 (real)\nVISp, dissimilarities']
    assert len(figure.axes) == len(panels) == 7
    assert [axis.get_ylabel() for axis, _ in panels[:2]] == ['noise-corrected predictivity',
                                                             'noise-corrected similarity']
    assert max(axis.get_subplotspec().colspan.start for axis in figure.axes) == MOST_COLUMNS - 1


def test_a_metric_may_share_its_axis():
    _, panels = panels_by_area(table(Antolik2016={'pls': ['VISp'], 'rdm': ['VISp']}, Conwell2021={'rdm': ['VISl']}),
                               sharex=True)
    (pls, _), (rdm, _), (other, _) = panels
    assert rdm.get_shared_x_axes().joined(rdm, other)
    assert not rdm.get_shared_x_axes().joined(rdm, pls)


@pytest.mark.parametrize(('recording', 'unit'), [('Antolik2016', '3 fields of view of 2 animals'),
                                                 ('TwinMouse', '3 groups of neurons of 1 twin'),
                                                 ('deVries2020', '3 animals')])
def test_units_that_are_no_animals_are_not_called_so(recording, unit):
    pairs = pd.DataFrame([{
        'recording': recording, 'area': 'VISp', 'metric': 'pls', 'p_splits_holm': float('nan'), 'p_animals_holm': .25,
        'n_splits': 0, 'n_animals': 3}]).reindex(columns=COLUMNS)
    (axis,) = plot_tests(pairs).axes
    assert axis.get_xticklabels()[1].get_text() == f'{unit}\n(sign flips)'
    assert 'no image splits' in [text.get_text() for text in axis.texts]


def test_a_truth_is_drawn_with_the_recording_that_it_is_the_truth_of():
    rows = [{'recording': 'TwinMouse', 'area': 'VISp', 'metric': 'pls', 'model': 'twin_oracle', 'label': 'twin_oracle',
             'group': 'baseline', 'layer': 'features', 'value': .6, 'error': .1}]
    figure = plot_layers(pd.DataFrame(rows), {}, pd.DataFrame(columns=OF_OTHERS))
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ['twin_oracle, the truth of TwinMouse (twin)']


def test_what_few_images_can_tell_is_said_of_the_recording_that_has_few():
    assert _resolvable([RECORDINGS[name] for name in ('antolik2016', 'allen-rsm', 'sensorium2022')]) == {
        'Antolik2016 (real), per neuron': .14, 'Antolik2016 (real), dissimilarities': .12}
