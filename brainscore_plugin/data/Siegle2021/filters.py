"""Which units of the Allen Neuropixels recordings were analysed, in which publication."""
import numpy as np
import pandas as pd
from brainscore_vision.data.mouse_recordings.filters import (
    Preset,
    all_neurons,
    in_well_sampled_animals,
    not_modulated_by_running,
)

BIN_RELIABILITIES = [f'reliability_{start}ms' for start in range(0, 250, 10)]


def nayebi2023(units: pd.DataFrame) -> np.ndarray:
    """Reliability of 0.5 or more in some 10 ms, not modulated by running; of the reliable animals with most such units.

    An animal is reliable in an area if the median of its units' reliability is 0.3 or more in some 10 ms. Of the
    publication's choices the one of time is left out: it averages the longest run of bins in which that median is 0.3
    or more, of every animal its own.
    """
    reliable = (units[BIN_RELIABILITIES].max(axis=1) >= .5).to_numpy()
    kept = reliable & not_modulated_by_running(units['run_pval_ns'])
    medians = units[kept].groupby(['region', 'animal'])[BIN_RELIABILITIES].median().max(axis=1)
    of_reliable_animals = pd.MultiIndex.from_frame(units[['region', 'animal']]).isin(medians[medians >= .3].index)
    return in_well_sampled_animals(units, kept & of_reliable_animals)


def conwell2021(units: pd.DataFrame) -> np.ndarray:
    """There is no such choice; raises ValueError."""
    raise ValueError("Conwell et al. (2021) analysed the calcium recordings (deVries2020) and no spikes: the filter "
                     "'conwell2021' says nothing about units. Choose nayebi2023 or none.")


PRESETS = {
    'nayebi2023': Preset('Nayebi et al. 2023, PLoS Comput Biol 19(10):e1011506, and github.com/neuroailab/mouse-vision',
                         nayebi2023),
    'conwell2021': Preset('not for spikes', conwell2021),
    'domain_rep': Preset('Prasad, Manor & Pereira 2022, who report as many units as Nayebi et al. and published '
                         'no code for it', nayebi2023),
    'none': Preset("every unit that passes AllenSDK's default quality filters", all_neurons),
}
