"""A box of choices that come and go with what is loaded."""
from magicgui.widgets import ComboBox

NONE = 'none'  # offered alone while nothing is loaded


class Choice(ComboBox):
    """A combo box: what was chosen and is still offered stays chosen, what is wanted is chosen once it is offered."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._wanted = None
        self.changed.connect(self._forget)

    @property
    def kept(self) -> str:
        """What is chosen, or is wanted and not offered yet."""
        return self.value if self._wanted is None else self._wanted

    def offer(self, choices: list[str]) -> None:
        """Offer choices, in silence."""
        if self._wanted is None and choices == [NONE] and self.value != NONE:
            self._wanted = self.value
        value = self.value
        if self._wanted in choices:
            value, self._wanted = self._wanted, None
        with self.changed.blocked():
            self.choices = choices
            self.value = value if value in choices else choices[0]

    def want(self, value: str) -> None:
        """Choose this, now or, in silence, as soon as it is offered, unless the user chooses something else before."""
        if value in self.choices:
            self.value = value
        else:
            self._wanted = value

    def _forget(self, _) -> None:
        self._wanted = None
