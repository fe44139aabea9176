"""What a score means: the number beside what chance and the truth get on the same benchmark."""
from __future__ import annotations

from typing import TYPE_CHECKING

from brainscore_plugin.check import check_scorable

if TYPE_CHECKING:
    from brainscore_core.metrics import Score

CHANCE, UNTRAINED, ORACLE = 'random_features', 'alexnet64_untrained', 'gabor_oracle'


def explain(model: str, benchmark: str) -> tuple[str, ...]:
    """Score a model, chance and, on simulated recordings, the truth, and say it in words.

    Parameters
    ----------
    model, benchmark : str
        Identifiers that Brain-Score knows.

    Returns
    -------
    tuple of str
        One line about the score and its error; one about chance, an untrained network and, on simulated recordings, the
        simulation's own features; one about the recordings; and, where they are known, one about what other animals'
        neurons get and one about the differences between models that they can show.

    Raises
    ------
    LookupError, PermissionError
        As :func:`~brainscore_plugin.check.check_scorable`.
    """
    check_scorable(model, benchmark)
    from brainscore_vision import load_benchmark, load_model
    scorer = load_benchmark(benchmark)
    score = scorer(load_model(model))
    meaning = f'{model} on {benchmark}: {_with_error(score)}. {_meaning(benchmark)}{_error_over(score)}'
    against = (f'Chance ({CHANCE}) gets {_with_error(scorer(load_model(CHANCE)))}, a network with random weights '
               f'({UNTRAINED}) {_with_error(scorer(load_model(UNTRAINED)))}')
    if benchmark.startswith('SimulatedMouse.'):
        truth = _with_error(scorer(load_model(ORACLE)))
        against += f"; the simulation's own features ({ORACLE}) get {truth}, which is not a bound."
    else:
        against += '; what the best model can get is not known for real recordings.'
    return meaning, against, _recordings(benchmark, score), *_other_animals(model, score), *_resolution(score)


def _recordings(benchmark: str, score: Score) -> str:
    kind = 'Simulated' if benchmark.startswith('SimulatedMouse.') else 'Real'
    ceiling = score.attrs['ceiling']
    if 'n_neurons' not in score.attrs:
        return (f"{kind} recordings: published matrices of {score.attrs['region']}; their reliability, the ceiling "
                f"before the correction, is {_with_error(ceiling)}.")
    return (f"{kind} recordings: {score.attrs['n_neurons']} neurons of {score.attrs['region']}; their reliability, the "
            f'ceiling before the correction, is {_with_error(ceiling)}.')


def _meaning(benchmark: str) -> str:
    corrected = 'corrected for trial noise (1: all but the noise; 0: nothing)'
    if '-rdm' in benchmark:
        return ('It is the correlation of the dissimilarities between images in the model and in the neurons, '
                f'{corrected}, mean over animals, fields of view or sites')
    if '-cka' in benchmark:
        return ('It is the alignment of how images differ in the model and in the neurons, debiased and '
                f'{corrected}, mean over animals or fields of view')
    if '-pls_pooled' in benchmark:
        return ('It is the correlation of predicted and measured responses over all pairs of image and neuron of an '
                f"animal, median over animals, {corrected}; neurons' mean rates alone make most of it")
    whose = 'a field of view' if benchmark.startswith('Antolik2016.') else 'an animal'
    return ('It is the correlation of predicted and measured responses to images the mapping has not seen, '
            f'{corrected}, over all neurons of {whose}')


def _error_over(score: Score) -> str:
    names = {'animal': 'animals', 'split': 'image splits', 'image': 'images', 'neuroid': 'neurons'}
    over = [names[unit] for unit in score.attrs.get('error_over', [])]
    return f"; ± is one standard error over {' and '.join(over)}." if over else '.'


def _other_animals(model: str, score: Score) -> list[str]:
    consistency = score.attrs.get('inter_animal_consistency')
    if consistency is None or not float(consistency) > 0:
        return []
    animals = consistency.attrs['n_animals']
    return [f"{model} reaches {float(score) / float(consistency):.2f} of what other mice's neurons would: all neurons "
            f'of {animals - 1} of the {animals} animals, in the place of a model, get {_with_error(consistency)}. With '
            'more animals they would get more.']


def _resolution(score: Score) -> list[str]:
    resolvable = score.attrs.get('resolvable_difference')
    if resolvable is None:
        return []
    return [f'Two models whose scores differ by less than {resolvable:.2f} cannot be ranked on so few images: a '
            'smaller true difference shows in fewer than 80 % of such recordings, by simulation. It is a recording of '
            'two mice; what holds for these neurons need not hold for others.']


def _with_error(score: Score) -> str:
    error = score.attrs.get('error')
    return f'{float(score):.3f}' + ('' if error is None else f' ± {float(error):.3f}')
