"""Scores of a sweep as its leaderboard has them."""
from napari_viewer.core.sweep_scores import sweep_scores


def test_scores_are_those_of_the_leaderboard(sweep):
    scores = sweep_scores(sweep).set_index(['model', 'layer'])
    assert scores.loc[('other', 'conv2'), ['value', 'error']].tolist() == [.25, .016]
    assert len(scores) == 4
