"""Which cells of the Allen calcium recordings were analysed, in which publication."""
import numpy as np
import pandas as pd
from brainscore_vision.data.mouse_recordings.filters import (
    SIGNIFICANT,
    Preset,
    all_neurons,
    in_well_sampled_animals,
    not_modulated_by_running,
)


def nayebi2023(cells: pd.DataFrame) -> np.ndarray:
    """Reliability of 0.75 or more, not modulated by running; of each area the animals with the most such cells."""
    kept = not_modulated_by_running(cells['p_run_mod_ns']) & (cells['reliability'] >= .75).to_numpy()
    return in_well_sampled_animals(cells, kept)


def conwell2021(cells: pd.DataFrame) -> np.ndarray:
    """Reliability of 0.75 or more, not modulated by running; cells of all animals."""
    return not_modulated_by_running(cells['p_run_mod_ns']) & (cells['reliability'] >= .75).to_numpy()


def domain_rep(cells: pd.DataFrame) -> np.ndarray:
    """Reliability of 0.3 or more, responses that differ between scenes; of each area the animals with the most cells.

    The filter for running has no effect, as in the released code, which misspells its name
    (``signficant_running``). What it calls image-selective are cells "significantly modulated by natural scenes"; that
    this is the analysis of variance p_ns < 0.05 is inferred.
    """
    kept = ((cells['reliability'] >= .3) & (cells['p_ns'] < SIGNIFICANT)).to_numpy()
    return in_well_sampled_animals(cells, kept)


PRESETS = {
    'nayebi2023': Preset('Nayebi et al. 2023, PLoS Comput Biol 19(10):e1011506, and github.com/neuroailab/mouse-vision',
                         nayebi2023),
    'conwell2021': Preset('Conwell et al. 2021, NeurIPS, and github.com/ColinConwell/DeepMouseTrap', conwell2021),
    'domain_rep': Preset('Prasad, Manor & Pereira 2022, as github.com/talmolab/domain_rep does it', domain_rep),
    'none': Preset('every cell', all_neurons),
}
