"""Packaged recordings are verified, whatever they are called."""
import pytest
from fabricated.packaged_recording import DAMAGES, package

from brainscore_plugin.data.mouse_recordings.layout import packaged
from brainscore_plugin.recordings.verify import verify


@pytest.mark.parametrize('damage', DAMAGES)
def test_verify_names_the_damaged_file(damage, home):
    cause, message = DAMAGES[damage]
    assert verify('Test2020', home=package().directory.parent)[0]['source'] == 'test'
    cause(packaged('Test2020'))
    with pytest.raises(ValueError, match=message):
        verify('Test2020')


@pytest.mark.parametrize(('name', 'identifiers'), [
    ('allen-calcium', ['deVries2020', 'deVries2020.events']), ('deVries2020', ['deVries2020']),
    ('deVries2020.events', ['deVries2020.events']), ('sensorium2022', ['Willeke2022.21067-10-18']),
    ('Willeke2022', ['Willeke2022.21067-10-18'])])
def test_a_name_stands_for_all_that_a_recording_is_packaged_as_and_an_identifier_for_itself(name, identifiers, home):
    for identifier in ('deVries2020', 'deVries2020.events', 'Willeke2022.21067-10-18'):
        package(identifier)
    assert [sidecar['identifier'] for sidecar in verify(name)] == identifiers


def test_what_is_not_packaged_is_named(home):
    with pytest.raises(FileNotFoundError, match='Nowhere2020 is not packaged'):
        verify('Nowhere2020')
