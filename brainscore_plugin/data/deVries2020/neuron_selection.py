"""Which neurons of the Allen calcium recordings were analysed, in which publication."""
import numpy as np
import pandas as pd
from brainscore_vision.data.mouse_recordings.neuron_selection import (
    SIGNIFICANT,
    Selection,
    all_neurons,
    in_well_sampled_animals,
    not_modulated_by_running,
)


def nayebi2023(neurons: pd.DataFrame) -> np.ndarray:
    """Reliability of 0.75 or more, not modulated by running; of each area the animals with the most such neurons."""
    kept = not_modulated_by_running(neurons['p_run_mod_ns']) & (neurons['reliability'] >= .75).to_numpy()
    return in_well_sampled_animals(neurons, kept)


def conwell2021(neurons: pd.DataFrame) -> np.ndarray:
    """Reliability of 0.75 or more, not modulated by running; neurons of all animals."""
    return not_modulated_by_running(neurons['p_run_mod_ns']) & (neurons['reliability'] >= .75).to_numpy()


def domain_rep(neurons: pd.DataFrame) -> np.ndarray:
    """Reliability of 0.3 or more, responses differ between scenes; of each area the animals with the most such neurons.

    The selection by running has no effect, as in the released code, which misspells its name
    (``signficant_running``). What it calls image-selective are neurons "significantly modulated by natural scenes";
    that this is the analysis of variance p_ns < 0.05 is inferred.
    """
    kept = ((neurons['reliability'] >= .3) & (neurons['p_ns'] < SIGNIFICANT)).to_numpy()
    return in_well_sampled_animals(neurons, kept)


SELECTIONS = {
    'nayebi2023': Selection('Nayebi et al. 2023, PLoS Comput Biol 19(10):e1011506, and '
                            'github.com/neuroailab/mouse-vision', nayebi2023),
    'conwell2021': Selection('Conwell et al. 2021, NeurIPS, and github.com/ColinConwell/DeepMouseTrap', conwell2021),
    'domain_rep': Selection('Prasad, Manor & Pereira 2022, as github.com/talmolab/domain_rep does it', domain_rep),
    'none': Selection('every neuron', all_neurons),
}
