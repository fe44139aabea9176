"""What a score means: the number beside what chance and the truth get on the same benchmark."""
from __future__ import annotations

from typing import TYPE_CHECKING

from brainscore_plugin.check import check_scorable

if TYPE_CHECKING:
    from brainscore_core.metrics import Score

CHANCE, ORACLE = 'random_features', 'gabor_oracle'
PREDICTIONS = ('It is the correlation of predicted and measured responses to images the mapping has not seen, '
               'corrected for trial noise (1: all but the noise; 0: nothing), for the median neuron; ± is one standard '
               'error over animals and image splits.')
DISSIMILARITIES = ('It is the correlation of how alike any two images are to the model and to the area, corrected for '
                   'trial noise (1: all but the noise; 0: nothing); ± is one standard error over images and, where '
                   'they are told apart, animals.')


def explain(model: str, benchmark: str) -> tuple[str, str]:
    """Score a model, chance and, on simulated recordings, the truth, and say it in words.

    Parameters
    ----------
    model, benchmark : str
        Identifiers that Brain-Score knows.

    Returns
    -------
    (str, str)
        One line about the score and its error, one about chance and the best that is possible.

    Raises
    ------
    LookupError, PermissionError
        As :func:`~brainscore_plugin.check.check_scorable`.
    """
    check_scorable(model, benchmark)
    from brainscore_vision import load_benchmark, load_model
    scorer = load_benchmark(benchmark)
    score = scorer(load_model(model))
    meaning = f'{model} on {benchmark}: {_with_error(score)}. {DISSIMILARITIES if "-rdm" in benchmark else PREDICTIONS}'
    against = f'Chance ({CHANCE}) gets {_with_error(scorer(load_model(CHANCE)))}'
    if benchmark.startswith('SimulatedMouse.'):
        truth = _with_error(scorer(load_model(ORACLE)))
        against += f"; the truth ({ORACLE}, the simulation's own features), the best any model can do, {truth}."
    else:
        against += '; what the best model can get is not known for real recordings.'
    return meaning, against


def _with_error(score: Score) -> str:
    error = score.attrs.get('error')
    return f'{float(score):.3f}' + ('' if error is None else f' ± {float(error):.3f}')
