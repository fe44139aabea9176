"""Imports a module of a plugin from its folder, whether Brain-Score sees the plugin or not."""
import importlib.util
import sys
from pathlib import Path
from types import ModuleType


def plugin_module(path: Path) -> ModuleType:
    """Import a module that may import others of its folder by ``from .name import …``.

    Parameters
    ----------
    path : pathlib.Path
        Such as ``…/models/alexnet64/model.py``. It is imported anew every time and not kept in ``sys.modules``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ImportError
        If it is not a Python file, or imports what is not there.
    """
    package = f'{path.parent.name}_{path.stem}_by_path'
    spec = importlib.util.spec_from_file_location(package, path, submodule_search_locations=[str(path.parent)])
    if spec is None or spec.loader is None:
        raise ImportError(f'{path} is not a Python file.')
    module = importlib.util.module_from_spec(spec)
    sys.modules[package] = module  # where its relative imports look for their package
    try:
        spec.loader.exec_module(module)
    finally:
        for name in [name for name in sys.modules if name.partition('.')[0] == package]:
            del sys.modules[name]
    return module
