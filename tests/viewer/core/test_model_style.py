"""Colours and markers of models."""
from napari_viewer.core.model_style import model_style
from napari_viewer.core.networks import identifiers
from napari_viewer.core.theme import DARK, LIGHT


def test_no_two_models_of_this_project_look_alike():
    styles = [model_style(identifier) for identifier in identifiers()]
    assert len(set(styles)) == len(styles)
    assert model_style('mine') == model_style('mine')


def test_colours_are_told_apart_without_red_or_green():
    """By their luminance and blue, in either theme: the trained models, and the start of all."""
    for theme in (DARK, LIGHT):
        seen = []
        for colour in theme.models:
            red, green, blue = (int(colour[k:k + 2], 16) for k in (1, 3, 5))
            seen.append((.3 * red + .6 * green, blue))  # about what a deuteranope has left
        gaps = [abs(a[0] - b[0]) + abs(a[1] - b[1]) for i, a in enumerate(seen) for b in seen[:i]]
        assert min(gaps) > 15
