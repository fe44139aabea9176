import pytest
from brainscore_core.supported_data_standards.brainio import fetch


@pytest.fixture
def home(tmp_path, monkeypatch):
    """Brain-Score's data home, empty."""
    home = tmp_path / '.brainio'
    monkeypatch.setattr(fetch, '_local_data_path', str(home))
    return home
