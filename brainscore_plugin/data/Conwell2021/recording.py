"""Loads the similarity matrices of 21 sites of the Allen survey, and the natural scenes that they compare."""
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision.data.mouse_recordings.storage import load_assembly, load_stimulus_set

IDENTIFIER = 'Conwell2021'
ABSENT = ("'brainscore-mouse recordings fetch allen-rsm' gets them, about 4 MB to download (no licence is stated; they "
          'derive from Allen Institute data: terms of use non-commercial, with citation), then '
          "'brainscore-mouse recordings package allen-rsm --from CACHE'.")


def load_scenes() -> StimulusSet:
    """The 118 natural scenes, ids ``allen_ns_000`` to ``allen_ns_117``, 8-bit grey PNGs of 31 x 31.

    Raises
    ------
    FileNotFoundError
        If the matrices are not packaged; names the commands that get them, their size and terms.
    ValueError
        If a file is damaged.
    """
    return load_stimulus_set(IDENTIFIER, ABSENT)


def load_similarities(area: str | None = None) -> NeuroidAssembly:
    """Similarities of the scenes at the sites of an area.

    Parameters
    ----------
    area : str, optional
        VISp, VISl, VISal, VISam, VISpm or VISrl; all by default.

    Returns
    -------
    NeuroidAssembly, float32, shape (118 images, 118 images x n_sites, 1 time bin)
        A row of a site's matrix is a presentation, a column a neuroid: Pearson's r over the site's neurons between
        the responses to the images stimulus_id and compared_with. The README explains the coordinates.

    Raises
    ------
    FileNotFoundError, ValueError
        As of :func:`load_scenes`; ValueError too if there is no such area.
    """
    assembly = load_assembly(IDENTIFIER, ABSENT, keep=None if area is None else lambda table: table['region'] == area)
    if assembly.sizes['neuroid'] == 0:
        raise ValueError(f"There is no site in '{area}'; choose one of VISp, VISl, VISal, VISam, VISpm, VISrl.")
    return assembly
