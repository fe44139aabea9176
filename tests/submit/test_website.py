"""The website's rules for zips."""
import zipfile

import pytest

from brainscore_plugin.submit import website
from brainscore_plugin.submit.checks import Failed

GOOD = ['mine/', 'mine/models/', 'mine/models/mine/', 'mine/models/mine/__init__.py', 'mine/models/mine/test.py']


def verdicts(tmp_path, names):
    archive = tmp_path / 'mine.zip'
    with zipfile.ZipFile(archive, 'w') as zipped:
        for name in names:
            zipped.writestr(name, '')
    failed = {}
    for check in website.website_checks(archive):
        try:
            check.run()
        except Failed as failure:
            failed[check.title] = str(failure)
    return failed


def test_a_good_zip_passes(tmp_path):
    assert verdicts(tmp_path, GOOD) == {}


@pytest.mark.parametrize(('change', 'title', 'says'), [
    (lambda names: [name for name in names if not name.endswith('/')], 'website: directory entries', 'folder mine/'),
    (lambda names: [*names, 'mine/models/mine/metadata.yml'], 'website: no metadata file', 'pull requests only'),
    (lambda names: [*names, 'mine/models/mine/my weights'], 'website: names', "'mine/models/mine/my weights'"),
    (lambda names: [*names, 'mine/models/mine/a-b.py'], 'website: names', "'mine/models/mine/a-b.py'"),
    (lambda names: names[:-1], 'website: one plugin', 'lacks test.py'),
    (lambda names: [*names, 'mine/models/other/', 'mine/models/other/test.py'], 'website: one plugin',
     'models/mine, models/other'),
    (lambda names: ['mine/', 'mine/model.py'], 'website: one plugin', 'found none'),
])
def test_a_rule_that_is_broken_is_named(tmp_path, change, title, says):
    failed = verdicts(tmp_path, change(GOOD))
    assert says in failed.pop(title)
    assert not failed


def test_a_zip_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(website, 'MAX_BYTES', 10)
    assert '--weights URL' in verdicts(tmp_path, GOOD)['website: size']
