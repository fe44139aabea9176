"""AllenSDK's manifest of a cache, which says where its files are: made anew each time, outside of the cache.

AllenSDK writes one into the cache, which may be a laboratory's shared copy that cannot be written. One that is there
may be that of another computer, whose folders it names, or of another release.
"""
import json
import tempfile
from collections.abc import Callable
from pathlib import Path


def open_by_own_manifest(open_cache: Callable, cache: Path):
    """What `open_cache` returns for a manifest (its path as text) that leads to the files of `cache`."""
    with tempfile.TemporaryDirectory() as folder:
        manifest = Path(folder, 'manifest.json')
        open_cache(str(manifest))  # AllenSDK writes it, for files beside it
        content = json.loads(manifest.read_text(encoding='utf-8'))
        for entry in content['manifest']:
            if entry.get('key') == 'BASEDIR':
                entry['spec'] = str(cache.resolve())
        manifest.write_text(json.dumps(content), encoding='utf-8')
        return open_cache(str(manifest))
