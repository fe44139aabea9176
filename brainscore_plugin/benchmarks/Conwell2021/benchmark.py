"""Benchmarks on published similarity matrices of six visual areas: Allen Visual Coding as Conwell et al. reduced it."""
from brainscore_vision import load_ceiling, load_metric
from brainscore_vision.benchmarks.mouse_predictivity.benchmark import MousePredictivity
from brainscore_vision.data.Conwell2021.recording import load_similarities

COMPARISONS = {'rdm': 'pearson', 'rdm_spearman': 'spearman'}  # variant -> how matrices are compared
TIME_BIN = (0, 250)  # ms, over which events are summed
NEURON_FILTER = 'conwell2021'  # made by those who published the matrices

BIBTEX = """@inproceedings{conwell2021neural,
  title = {Neural Regression, Representational Similarity, Model Zoology \\& Neural Taskonomy at Scale in Rodent Visual
           Cortex},
  author = {Conwell, Colin and Mayo, David and Barbu, Andrei and Buice, Michael and Alvarez, George and
            Katz, Boris},
  booktitle = {Advances in Neural Information Processing Systems},
  volume = {34},
  year = {2021},
  url = {https://github.com/ColinConwell/DeepMouseTrap}
}"""


def Conwell2021(area: str, variant: str) -> MousePredictivity:
    """Representational similarity to the sites of a mouse visual area, two-photon calcium imaging.

    **Sites.** The cortical layers of the area (by depth: less than 200 um layer 2/3, 200 to 300 layer 4, 300 to 500
    layer 5, more layer 6). Of each, the matrix of similarities between images was published, Pearson's r over neurons
    of all animals with a split-half reliability of 0.75 or more that running does not modulate.

    **Responses.** Events (L0), summed over the 250 ms of a scene, mean of 50 trials.

    **What the model sees.** The 118 natural scenes, grey, 31 x 31 pixels: no larger ones are published with the
    matrices. Scenes fill its field of view, whatever it is. The grey screen, the 119th image of the published
    matrices, is left out: it has no pattern that could be compared.

    **Value.** Metric `mouse_rdm_sites`: mean over the area's sites of the correlation of matrices, corrected for noise
    and weighted by reliability; sites with a reliability below 0.6 are reported in `score.attrs['sites']` and not
    counted.

    Parameters
    ----------
    area : str
        VISp, VISl, VISal, VISam, VISpm or VISrl.
    variant : 'rdm' or 'rdm_spearman'
        Pearson's correlation of similarities, as published, or Spearman's.
    """
    return MousePredictivity(
        identifier=f'Conwell2021.{area}-{variant}', area=area, version=1,
        load_recordings=lambda: load_similarities(area).isel(time_bin=0),
        metric=load_metric('mouse_rdm_sites', comparison=COMPARISONS[variant]),
        ceiler=load_ceiling('mouse_rdm_sites_reliability'), time_bin=TIME_BIN, bibtex=BIBTEX,
        neuron_selection=NEURON_FILTER)
