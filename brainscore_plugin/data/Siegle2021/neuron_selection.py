"""Which neurons of the Allen Neuropixels recordings were analysed, in which publication."""
import numpy as np
import pandas as pd
from brainscore_vision.data.mouse_recordings.neuron_selection import (
    Selection,
    all_neurons,
    in_well_sampled_animals,
    not_modulated_by_running,
)

BIN_RELIABILITIES = [f'reliability_{start}ms' for start in range(0, 250, 10)]


def nayebi2023(neurons: pd.DataFrame) -> np.ndarray:
    """Reliability of 0.5 or more in some 10 ms, not modulated by running; in the reliable animals with most of these.

    An animal is reliable in an area if the median reliability of its neurons is 0.3 or more in some 10 ms. Of the
    publication's choices the one of time is left out: it averages the longest run of bins in which that median is 0.3
    or more, separately for every animal.
    """
    reliable = (neurons[BIN_RELIABILITIES].max(axis=1) >= .5).to_numpy()
    kept = reliable & not_modulated_by_running(neurons['run_pval_ns'])
    medians = neurons[kept].groupby(['region', 'animal'])[BIN_RELIABILITIES].median().max(axis=1)
    of_reliable_animals = pd.MultiIndex.from_frame(neurons[['region', 'animal']]).isin(medians[medians >= .3].index)
    return in_well_sampled_animals(neurons, kept & of_reliable_animals)


def conwell2021(neurons: pd.DataFrame) -> np.ndarray:
    """There is no such selection; raises ValueError."""
    raise ValueError("Conwell et al. (2021) analysed the calcium recordings (deVries2020) and no spikes: the "
                     "selection 'conwell2021' does not exist for this recording. Choose nayebi2023 or none.")


SELECTIONS = {
    'nayebi2023': Selection('Nayebi et al. 2023, PLoS Comput Biol 19(10):e1011506, and '
                            'github.com/neuroailab/mouse-vision', nayebi2023),
    'conwell2021': Selection('not for spikes', conwell2021),
    'domain_rep': Selection('Prasad, Manor & Pereira 2022, who report as many units as Nayebi et al. and published '
                            'no code for it', nayebi2023),
    'none': Selection("every unit that passes AllenSDK's default quality filters", all_neurons),
}
