"""What a score means: the number beside what chance and the truth get on the same benchmark."""
from __future__ import annotations

from typing import TYPE_CHECKING

from brainscore_plugin.check import check_there
from brainscore_plugin.own_start import model_card, start_of
from brainscore_plugin.recordings.kinds import ORACLES, REAL, SIMULATED, TWIN, kind_of, recording_of

if TYPE_CHECKING:
    from brainscore_core.metrics import Score

CHANCE, UNTRAINED = 'random_features', 'alexnet64_untrained'
WORDS = {REAL: 'Real', SIMULATED: 'Simulated', TWIN: "A twin's predictions, not"}  # … recordings


def explain(model: str, benchmark: str) -> tuple[str, ...]:
    """Score a model, chance and, where it is known, the truth, and say it in words.

    Parameters
    ----------
    model, benchmark : str
        Identifiers that Brain-Score knows.

    Returns
    -------
    tuple of str
        One line about the score and its error; one about chance, an untrained network (its own start, if its card
        tells) and, where the truth is known, the recording's own noise-free features; one about the recordings; and,
        where they are known, one about what other animals' neurons get and one about the differences between models
        that they can show.

    Raises
    ------
    LookupError, FileNotFoundError
        As of :func:`~brainscore_plugin.check.check_there`.
    ValueError
        If it is not a mouse benchmark, or a layer cannot be scored.
    """
    check_there(model, benchmark)
    from brainscore_vision import load_benchmark

    from brainscore_plugin.any_network import load_model
    scorer = load_benchmark(benchmark)
    from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity  # linked, or not found
    if not isinstance(scorer, MousePredictivity):
        raise ValueError(f'{benchmark} is not a mouse benchmark, so that there is nothing to explain it by here: '
                         f"'brainscore-mouse score --models {model} --benchmarks {benchmark}' scores it.")
    score = scorer(load_model(model))
    meaning = f'{model} on {benchmark}: {_with_error(score)}. {_meaning(benchmark)}{_error_over(score)}'
    if 'commits to no layer' in score.attrs['comment']:
        meaning += f" Note that {score.attrs['comment']}."
    start = start_of(model_card(model) or {})
    against = (f'Chance ({CHANCE}) gets {_with_error(scorer(load_model(CHANCE)))}, '
               f"{'the random weights that it started from' if start else 'a network with random weights'} "
               f'({start or UNTRAINED}) {_with_error(scorer(load_model(start or UNTRAINED)))}')
    if oracle := ORACLES.get(recording_of(benchmark)):
        truth = _with_error(scorer(load_model(oracle)))
        against += f"; the simulation's own features ({oracle}) get {truth}, {_no_bound(benchmark)}."
    else:
        against += f'; {_best(benchmark, score)}.'
    return meaning, against, _recordings(benchmark, score), *_other_animals(model, score), *_resolution(score)


def _compares_matrices(benchmark: str) -> bool:
    return '-rdm' in benchmark


def _no_bound(benchmark: str) -> str:
    """What the simulation's own features do not bound."""
    if _compares_matrices(benchmark):
        return "which is not a bound: the neurons' own rates would get 1"
    return 'which is not a bound'


def _best(benchmark: str, score: Score) -> str:
    """What is known of the best that a model can get of real neurons."""
    bounds = score.attrs['ceiling'].attrs.get('between_animals')
    if not _compares_matrices(benchmark) or bounds is None or not bounds.attrs['n_animals']:
        return 'what the best model can get is not known for real recordings'
    lower, upper = (float(bounds.sel(bound=name)) for name in ('lower', 'upper'))
    return (f"the mean matrix of the other animals gets {lower:.3f}, and what all {bounds.attrs['n_animals']} share "
            f'could get {upper:.3f}; a model beyond that would have to know the single animal')


def _recordings(benchmark: str, score: Score) -> str:
    kind = WORDS[kind_of(benchmark)]
    ceiling = score.attrs['ceiling']
    if 'n_neurons' not in score.attrs:
        counted = int((score.attrs['weight'].values > 0).sum())
        return (f"{kind} recordings: published matrices of {score.attrs['region']}, {counted} of "
                f"{score.attrs['weight'].size} sites counted; their reliability, the ceiling before the correction, is "
                f'{_with_error(ceiling)}.')
    of = 'the reliability of their matrices' if _compares_matrices(benchmark) else 'their reliability'
    return (f"{kind} recordings: {score.attrs['n_neurons']} neurons of {score.attrs['region']}; {of}, the "
            f'ceiling before the correction, is {_with_error(ceiling)}.')


def _meaning(benchmark: str) -> str:
    corrected = 'corrected for trial noise (1: all but the noise; 0: nothing)'
    if benchmark.startswith('Conwell2021.'):
        return ('It is the correlation of the similarities between images in the model and in the neurons of a site, '
                f'{corrected}, mean over the sites of the area weighted by their reliability')
    if _compares_matrices(benchmark):
        over = 'fields of view' if benchmark.startswith('Antolik2016.') else 'animals'
        return ('It is the correlation of the dissimilarities between images in the model and in an animal, 1 - r over '
                f'features or neurons, {corrected}, mean over {over}; no response is predicted, and nothing is fitted')
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
