"""What dock widgets share: changes are signalled once, and one dock widget's layers are on the canvas."""
from types import SimpleNamespace

from napari_viewer.viewer_state import ViewerState, state_of


class Layers:
    """Stands for a dock widget's layers."""
    hidden = 0

    def hide(self):
        self.hidden += 1


def test_names_that_occur_twice_are_numbered():
    state = ViewerState()
    state.set_networks([SimpleNamespace(name='real') for _ in range(3)])
    assert [network.name for network in state.networks] == ['real', 'real (2)', 'real (3)']


def test_only_changes_are_signalled():
    state, images, channels = ViewerState(), [], []
    state.image_changed.connect(images.append)
    state.chosen_changed.connect(lambda: channels.append(state.chosen))
    for _ in range(2):
        state.set_image(3)
        state.choose('conv2', 5)
    assert images == [3]
    assert channels == [('conv2', 5)]


def test_layers_that_leave_the_canvas_are_hidden():
    state, first, second = ViewerState(), Layers(), Layers()
    for layers in (first, first, second):
        state.take_canvas(layers)
    state.leave_canvas(second)
    state.take_canvas(first)
    assert (first.hidden, second.hidden) == (1, 0)


def test_a_viewer_and_its_proxy_have_one_state():
    class Viewer:
        pass

    viewer = Viewer()
    state = state_of(viewer)
    assert state_of(SimpleNamespace(__wrapped__=viewer)) is state
    assert state_of(Viewer()) is not state
