"""Brain-Score's face of the split-half reliability of neurons."""
import numpy as np
from brainscore_core.metrics import Score
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision.metrics import Ceiling

from ..mouse_metrics.assemblies import images_by_trials, with_raw  # relative, see reliability.py
from .reliability import reliability_of_animals


class SplitHalfReliability(Ceiling):
    """Spearman-Brown corrected split-half reliability: Brain-Score's `internal_consistency`, vectorised.

    The same halves, the same numbers (to 1e-6 where no trial is missing), without a loop over neurons; trials that
    are missing (NaN) are left out of the averages, images that a neuron has no trial of are left out of its
    correlations.
    """

    def __call__(self, assembly: NeuroidAssembly) -> Score:
        """Reliability of an assembly.

        Parameters
        ----------
        assembly : NeuroidAssembly, (presentation, neuroid)
            Single trials; coordinates stimulus_id, repetition, neuroid_id and region.

        Returns
        -------
        Score
            Median over neurons, mean over 10 halvings of the trials; attributes error (standard error of the mean over
            halvings) and raw (dimensions split, which is the halving, and neuroid; NaN where an image has no trial in a
            half or a neuron is constant).

        Raises
        ------
        ValueError
            If there are fewer than two trials or images, or an image has two trials of the same number.
        """
        responses, _ = images_by_trials(assembly)
        n_images, n_trials, _ = responses.shape
        if min(n_images, n_trials) < 2:
            raise ValueError(f'{n_images} image(s) x {n_trials} trial(s): split-half reliability needs at least 2 of '
                             'each.')
        values = reliability_of_animals(responses)
        medians = np.nanmedian(values, axis=1)
        score = with_raw(medians.mean(), Score(values, dims=('split', 'neuroid'), coords={
            name: ('neuroid', assembly[name].values) for name in ('neuroid_id', 'region')}))
        score.attrs['error'] = medians.std() / np.sqrt(len(medians))
        return score
