"""Scores of a sweep as its leaderboard has them."""
from napari_viewer.core.sweep_scores import of_other_animals, sweep_scores


def test_scores_are_those_of_the_leaderboard(sweep):
    scores = sweep_scores(sweep).set_index(['model', 'layer'])
    assert scores.loc[('other', 'conv2'), ['value', 'error']].tolist() == [.25, .016]
    assert len(scores) == 4


def test_what_other_animals_get_is_said_where_the_sweep_knows(sweep):
    scores = sweep_scores(sweep)
    assert of_other_animals(scores, 'SimulatedMouse.VISp-pls') == "other animals' neurons get 0.18 (2 of 3 pooled)"
    assert of_other_animals(scores, 'SimulatedMouse.VISp-rdm') == ''
    scores[['consistency', 'n_animals']] = float('nan')  # of an earlier version
    assert of_other_animals(scores, 'SimulatedMouse.VISp-pls') == ''
