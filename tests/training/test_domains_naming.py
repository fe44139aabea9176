"""Any folder or zip of images has a name that a domain can have."""
from pathlib import Path

import pytest

from training.domains.naming import check_name, name_for


@pytest.mark.parametrize(('images', 'name'), [
    ('leaves', 'leaves'), ('My_Leaves', 'My_Leaves'), ('my-leaves', 'my_leaves'), ('2024 photos', 'images_2024_photos'),
    ('leaves.zip', 'leaves'), ('my leaves.ZIP', 'my_leaves'), ('leaves.v2', 'leaves_v2'), ('Blätter', 'Blatter'),
    ('sketch', 'sketch_images'), ('Real', 'Real_images'), ('木の葉', 'images_' + '2a2bd8d4'), ('...', None), ('_', '_'),
])
def test_a_name_follows_from_that_of_the_images(images, name):
    found = name_for(Path(images))
    check_name(found)
    assert name in (None, found) or images == '木の葉' and found.startswith('images_')
    assert found == name_for(Path('elsewhere') / images)


def test_what_cannot_name_a_domain_is_refused_with_a_name_that_can():
    with pytest.raises(ValueError, match="'my-leaves' cannot name a domain: .* such as my_leaves"):
        check_name('my-leaves')
