"""Where a model's weights are: in Brain-Score's storage, from which they are fetched once and known by their SHA-1."""
import json
from pathlib import Path

from brainscore_core.supported_data_standards.brainio.s3 import load_weight_file, sha1_hash

# identifier -> bucket with folder, and the version_id and sha1 of its weights
UPLOADED = json.loads((Path(__file__).parent / 'uploaded.json').read_text(encoding='utf-8'))


def weights_file(identifier: str) -> Path:
    """The file of the model's weights below BRAINSCORE_HOME, downloaded where it is absent.

    Parameters
    ----------
    identifier : str
        Of a trained model.

    Raises
    ------
    RuntimeError
        If other weights are there, which are removed: Brain-Score itself does not compare them.
    """
    bucket, _, folder = UPLOADED[identifier]['bucket'].partition('/')
    weights = UPLOADED[identifier]['weights']
    path = load_weight_file(bucket=bucket, folder_name=folder, relative_path=f'{identifier}.safetensors', **weights)
    found = sha1_hash(path)
    if found != weights['sha1']:
        path.unlink()
        raise RuntimeError(f"{path} had the SHA-1 {found}, expected {weights['sha1']}, and was removed: load the model "
                           f"again, and if that does not help, upload its weights again to {bucket}/{folder}.")
    return path
