"""Where packaged recordings are: in Brain-Score's storage, by version and SHA-1; the others in the data home."""
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly, get_metadata
from brainscore_core.supported_data_standards.brainio.s3 import load_assembly_from_s3, load_stimulus_set_from_s3
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision.data.mouse_recordings import loading

# identifier -> bucket, and the version_id and sha1 of its assembly, stimuli_csv and stimuli_zip
UPLOADED = json.loads((Path(__file__).parent / 'uploaded.json').read_text(encoding='utf-8'))


def in_storage(identifier: str) -> bool:
    """Whether a recording is fetched from Brain-Score's storage, so that it is never absent."""
    return identifier in UPLOADED


def load_stimulus_set(identifier: str, absent: str, home: Path | None = None) -> StimulusSet:
    """As :func:`.loading.load_stimulus_set`."""
    if not in_storage(identifier):
        return loading.load_stimulus_set(identifier, absent, home)
    files = UPLOADED[identifier]
    return load_stimulus_set_from_s3(
        identifier=identifier, bucket=files['bucket'],
        csv_sha1=files['stimuli_csv']['sha1'], csv_version_id=files['stimuli_csv']['version_id'],
        zip_sha1=files['stimuli_zip']['sha1'], zip_version_id=files['stimuli_zip']['version_id'])


def load_assembly(identifier: str, absent: str, keep: Callable[[pd.DataFrame], np.ndarray] | None = None,
                  stimuli: str | None = None, home: Path | None = None) -> NeuroidAssembly:
    """As :func:`.loading.load_assembly`."""
    if not in_storage(identifier):
        return loading.load_assembly(identifier, absent, keep, stimuli, home)
    files = UPLOADED[identifier]
    assembly = load_assembly_from_s3(
        identifier=identifier, bucket=files['bucket'], cls=NeuroidAssembly, **files['assembly'],
        stimulus_set_loader=lambda: load_stimulus_set(stimuli or identifier, absent))
    if keep is not None:  # before anything is read
        neurons = pd.DataFrame({name: values for name, _, values in get_metadata(assembly, dims=('neuroid',))})
        assembly = assembly.isel(neuroid=np.flatnonzero(keep(neurons)))
    return assembly.load()
