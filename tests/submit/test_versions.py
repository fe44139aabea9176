"""The file that says what is in Brain-Score's storage: what it may say, and what is written to be completed."""
import json

import pytest

from brainscore_plugin.submit.own_plugins import own_plugins
from brainscore_plugin.submit.storage_files import storage_files
from brainscore_plugin.submit.versions import loaded_from_storage, read_versions, to_be_uploaded

SHA1 = '0' * 40
MODEL = 'alexnet64_simclr_real'


def entry(**changes):
    return {'bucket': 'b/c', 'assembly': {'version_id': 'v', 'sha1': SHA1}, **changes}


@pytest.mark.parametrize(('content', 'says'), [
    ('no json', 'expected JSON'),
    ([], 'expected JSON'),
    ({'deVries2020': {'bucket': 'b'}}, 'has bucket; expected bucket, assembly'),
    ({'deVries2020': 'b'}, 'has b; expected'),
    ({'deVries2020': entry(bucket=3)}, "bucket of 'deVries2020' is 3; expected text"),
    ({'deVries2020': entry(stimuli_csv='b')}, 'expected JSON'),
    ({'deVries2020': entry(assembly={'version_id': 'v', 'sha1': 'short'})}, 'sha1, 40 hexadecimal digits'),
    ({'deVries2020': entry(assembly={'sha1': SHA1})}, 'expected version_id and sha1'),
    ({'deVries2020': entry(assembly={'version_id': None, 'sha1': SHA1})}, 'version_id None: give the one that the'),
    ({'deVries2020': entry(weights={})}, 'has bucket, assembly, weights'),
    ({MODEL: entry()}, 'has bucket, assembly; expected bucket, weights'),
    ({'SimulatedMouse': entry()}, "'SimulatedMouse' is no recording or model .* uploaded; these are .*Antolik2016"),
    ({'Willeke2022.21067-10-18': entry()}, 'must not be uploaded: the licence'),
    ({'Willeke2022': entry()}, 'must not be uploaded: the licence'),
    ({'Conwell2021': entry()}, 'must not be uploaded: no licence'),
])
def test_an_invalid_file_says_why(tmp_path, content, says):
    path = tmp_path / 'versions.json'
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    with pytest.raises(ValueError, match=says):
        read_versions(path)


def test_what_is_written_to_be_completed_is_valid_once_it_is(tmp_path):
    files = storage_files(own_plugins(), tmp_path / 'zips')
    pending, path = to_be_uploaded(files), tmp_path / 'versions.json'
    path.write_text(json.dumps(pending))
    with pytest.raises(ValueError, match='has the version_id None'):
        read_versions(path)
    for parts in pending.values():
        for part in parts.keys() - {'bucket'}:
            parts[part]['version_id'] = 'v1'
    path.write_text(json.dumps(pending))
    assert read_versions(path) == pending


def test_what_is_in_no_tree_loads_from_the_storage_before_its_version_is_known(tmp_path):
    files = storage_files(own_plugins(), tmp_path / 'zips')
    stored = loaded_from_storage(files, {})
    assert {'Antolik2016', MODEL} <= set(stored)
    assert not any(name.startswith(('deVries2020', 'Siegle2021', 'Antolik2016.training')) for name in stored)
    assert stored[MODEL]['weights'] == {'version_id': None, 'sha1': files[MODEL]['weights'].sha1}
    pinned = {MODEL: {'bucket': 'b/c', 'weights': {'version_id': 'v1', 'sha1': SHA1}}}
    assert loaded_from_storage(files, pinned)[MODEL] == pinned[MODEL]
