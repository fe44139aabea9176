"""The manifest and the names that it gives the dock widgets."""
import subprocess
import sys
from pathlib import Path

import napari_viewer
from napari_viewer.docks import dock_names

FOLDER = Path(napari_viewer.__file__).parent


def test_manifest_is_valid():
    from npe2 import PluginManifest
    manifest = PluginManifest.from_distribution('brainscore-mouse')
    manifest.validate_imports()
    assert {widget.display_name for widget in manifest.contributions.widgets} == set(dock_names().values())


def test_docks_are_named_as_their_commands_are():
    known = {'browser': 'Domain browser', 'filters': 'conv1 filters', 'activations': 'Activations', 'scores': 'Scores',
             'neurons': 'Neurons', 'matrices': 'Matrices', 'training': 'Training'}
    assert known.items() <= dock_names().items()


def test_no_module_of_the_viewer_imports_anything_heavy():
    """Opening a dock widget may not keep the window waiting; what is heavy is imported in the background."""
    modules = [f'napari_viewer.{path.relative_to(FOLDER).with_suffix("").as_posix().replace("/", ".")}'
               for path in FOLDER.rglob('*.py') if path.stem != '__init__']
    code = (f'import importlib, sys; [importlib.import_module(name) for name in {modules}]; '
            'print([name for name in ("torch", "napari", "dask", "matplotlib", "scipy") if name in sys.modules])')
    found = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == '[]'
