"""Recipes of training: every setting by name, as the paper has it and as the authors' code had it."""
import dataclasses
import json
from dataclasses import dataclass

REFERENCE_BATCH = 4096  # the batch that learning rates are given for


@dataclass(frozen=True)
class Recipe:
    """Settings of SimCLR training; the defaults are those of Prasad, Manor & Pereira (2022), section 2.2.

    Where the paper is silent (width of the head, crops, probabilities of flips and greys) they are those of the
    authors' code, https://github.com/talmolab/domain_rep.

    Parameters
    ----------
    epochs : int
        Passes over the images.
    batch_size : int
        Pairs of views in a step, over all devices.
    learning_rate : float
        At a batch of 4,096; scaled linearly with the batch (Goyal et al. 2017, arXiv:1706.02677).
    momentum, weight_decay, trust_coefficient : float
        Of LARS (You et al. 2017, arXiv:1708.03888).
    temperature : float
        τ of the NT-Xent loss (Chen et al. 2020, arXiv:2002.05709, Eq. 1).
    plateau_factor, plateau_patience, plateau_threshold, plateau_threshold_mode, plateau_every
        The learning rate is multiplied by the factor when the epoch's mean loss has not fallen by the threshold
        ('abs' in units of the loss, 'rel' as a fraction) for more than patience checks, one every so many epochs.
    head_width, embedding_size : int
        Of the projection head's hidden and last layer.
    crop_scale, crop_ratio, horizontal_flip, vertical_flip, greyscale
        See :class:`~training.augment.RandomViews`.
    global_negatives : bool
        Whether every device contrasts its views with those of all devices, or with its own alone.
    """
    epochs: int = 600
    batch_size: int = REFERENCE_BATCH
    learning_rate: float = 4.8
    momentum: float = .9
    weight_decay: float = 1e-6
    trust_coefficient: float = .001
    temperature: float = .1
    plateau_factor: float = .5
    plateau_patience: int = 10
    plateau_threshold: float = .1
    plateau_threshold_mode: str = 'abs'
    plateau_every: int = 1
    head_width: int = 9216
    embedding_size: int = 128
    crop_scale: tuple = (.08, 1.)
    crop_ratio: tuple = (3 / 4, 4 / 3)
    horizontal_flip: float = .5
    vertical_flip: float = .5
    greyscale: float = .2
    global_negatives: bool = True

    @property
    def scaled_learning_rate(self) -> float:
        """The learning rate at this batch."""
        return self.learning_rate * self.batch_size / REFERENCE_BATCH

    def __post_init__(self):
        problems = {
            'epochs, batch_size, head_width, embedding_size, plateau_every and plateau_patience must be at least 1':
                min(self.epochs, self.head_width, self.embedding_size, self.plateau_every, self.plateau_patience) < 1,
            'batch_size must be at least 2: a pair is contrasted with others': self.batch_size < 2,
            'learning_rate and temperature must be above 0': min(self.learning_rate, self.temperature) <= 0,
            'probabilities must lie between 0 and 1': not all(
                0 <= p <= 1 for p in (self.horizontal_flip, self.vertical_flip, self.greyscale)),
            'crop_scale must be two fractions in rising order': not 0 < self.crop_scale[0] <= self.crop_scale[1] <= 1,
            'crop_ratio must be two numbers in rising order': not 0 < self.crop_ratio[0] <= self.crop_ratio[1],
            "plateau_threshold_mode must be 'abs' or 'rel'": self.plateau_threshold_mode not in ('abs', 'rel'),
        }
        for problem, found in problems.items():
            if found:
                raise ValueError(f'Impossible recipe: {problem}. Given: {self}')

    def override(self, settings: dict) -> 'Recipe':
        """A recipe with some settings replaced.

        Parameters
        ----------
        settings : dict of str to (str or value)
            Name of a setting → its value; text is read as JSON, so that '[0.2, 1]' is a pair and 'true' is True.

        Raises
        ------
        ValueError
            If a setting is unknown or its value is of another type.
        """
        types = {field.name: type(field.default) for field in dataclasses.fields(self)}
        values = {}
        for name, given in settings.items():
            if name not in types:
                raise ValueError(f"A recipe has no setting '{name}'. It has: {', '.join(types)}.")
            values[name] = _as(types[name], name, given)
        return dataclasses.replace(self, **values)


def _as(type_: type, name: str, given):
    value = given
    if isinstance(given, str) and type_ is not str:
        try:
            value = json.loads(given)
        except json.JSONDecodeError:
            value = None
    if type_ is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type_ is tuple and isinstance(value, list) and len(value) == 2:
        value = tuple(float(number) for number in value)
    if type(value) is not type_:
        wanted = {'tuple': 'two numbers such as [0.2, 1]', 'bool': 'true or false'}.get(type_.__name__, type_.__name__)
        raise ValueError(f"Setting '{name}' must be {wanted}, given: {given!r}.")
    return value


RECIPES = {
    'paper': Recipe(),
    # As the authors' train.py and simclr_alexnet.py had it: no vertical flips; a plateau is a relative fall of less
    # than a tenth, looked at every tenth epoch; DataParallel contrasted views within a device only. Its crops were of
    # the original pictures; here they are of pictures reduced to 64 x 64, as the paper says.
    'domain_rep': Recipe(vertical_flip=0., plateau_threshold_mode='rel', plateau_every=10, global_negatives=False),
}


def named_recipe(name: str) -> Recipe:
    """The recipe of that name; ValueError where there is none."""
    if name not in RECIPES:
        raise ValueError(f"No recipe '{name}': choose one of {', '.join(RECIPES)}.")
    return RECIPES[name]
