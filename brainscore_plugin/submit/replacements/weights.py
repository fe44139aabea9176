"""Where a model's weights are: at an address, from which they are fetched once and known by their SHA-256."""
import hashlib
import json
import os
from pathlib import Path

from torch.hub import download_url_to_file

SUBMISSION = json.loads((Path(__file__).parent / 'submission.json').read_text(encoding='utf-8'))


def weights_file(identifier: str) -> Path:
    """The file of the model's weights below BRAINSCORE_HOME, downloaded where it is absent or has changed.

    Parameters
    ----------
    identifier : str
        Of the model.

    Raises
    ------
    OSError
        If it cannot be fetched.
    RuntimeError
        If other weights are at the address.
    """
    home = Path(os.getenv('BRAINSCORE_HOME') or '~/.brain-score').expanduser()
    path = home / 'brainscore-vision' / 'models' / identifier / 'weights.safetensors'
    address, sha256 = SUBMISSION['weights']['address'], SUBMISSION['weights']['sha256']
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        path.parent.mkdir(parents=True, exist_ok=True)
        download_url_to_file(address, str(path), hash_prefix=sha256, progress=False)
    return path
