"""Recipes of training: every setting by name; the paper's, that of the authors' code, and one that learns more."""
import dataclasses
import json
from dataclasses import dataclass

REFERENCE_BATCH = 4096  # the batch that learning rates are given for
CHOICES = {'optimizer': ('lars', 'sgd'), 'schedule': ('plateau', 'cosine'),
           'initial_weights': ('torchvision', 'kaiming'), 'plateau_threshold_mode': ('abs', 'rel')}


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
    optimizer : str
        'lars' (You et al. 2017, arXiv:1708.03888) or 'sgd'.
    momentum, weight_decay : float
        Of the optimizer.
    trust_coefficient : float
        Of LARS.
    nesterov : bool
        Whether the momentum is Nesterov's.
    decay_weights_only : bool
        Whether biases and the parameters of batch normalisation are free of weight decay.
    temperature : float
        τ of the NT-Xent loss (Chen et al. 2020, arXiv:2002.05709, Eq. 1).
    schedule : str
        'plateau', or 'cosine': the learning rate falls to 0 along half a cosine (Loshchilov & Hutter 2017,
        arXiv:1608.03983).
    warmup : float
        Share of all steps over which the learning rate of the cosine rises from 0 (Goyal et al. 2017).
    plateau_factor, plateau_patience, plateau_threshold, plateau_threshold_mode, plateau_every
        The learning rate is multiplied by the factor when the epoch's mean loss has not fallen by the threshold
        ('abs' in units of the loss, 'rel' as a fraction) for more than patience checks, one every so many epochs.
    batch_norm : bool
        Whether each convolution is followed by batch normalisation while it is trained; it is folded into the
        convolution's weights and biases at export. See :class:`~training.network.NormalisedConvolution`.
    initial_weights : str
        Of the convolutions: 'torchvision', as its AlexNet has them, or 'kaiming' (He et al. 2015, arXiv:1502.01852),
        which keep the variance of what passes through from layer to layer.
    first_layer_scale : float
        Factor of the initial weights of conv1. Under batch normalisation it changes nothing but how soon what is
        learned outweighs the noise that a filter began with.
    average_pooling : bool
        Whether the head sees the trunk's output after AlexNet's average pooling, which at 64 x 64 pixels repeats each
        of its 256 values 36 times, or the 256 values.
    head_width, embedding_size : int
        Of the projection head's hidden and last layer.
    head_norm : bool
        Whether both layers of the head are followed by batch normalisation, as in Chen et al.'s code.
    colour_jitter : float
        Strength of the random changes of brightness, contrast, saturation and hue; see
        :class:`~training.augment.RandomViews`.
    crop_scale, crop_ratio, horizontal_flip, vertical_flip, greyscale
        See :class:`~training.augment.RandomViews`.
    global_negatives : bool
        Whether every device contrasts its views with those of all devices, or with its own alone.
    """
    epochs: int = 600
    batch_size: int = REFERENCE_BATCH
    learning_rate: float = 4.8
    optimizer: str = 'lars'
    momentum: float = .9
    nesterov: bool = False
    weight_decay: float = 1e-6
    decay_weights_only: bool = False
    trust_coefficient: float = .001
    temperature: float = .1
    schedule: str = 'plateau'
    warmup: float = 0.
    plateau_factor: float = .5
    plateau_patience: int = 10
    plateau_threshold: float = .1
    plateau_threshold_mode: str = 'abs'
    plateau_every: int = 1
    batch_norm: bool = False
    initial_weights: str = 'torchvision'
    first_layer_scale: float = 1.
    average_pooling: bool = True
    head_width: int = 9216
    embedding_size: int = 128
    head_norm: bool = False
    colour_jitter: float = 0.
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
            'probabilities and warmup must lie between 0 and 1': not all(
                0 <= p <= 1 for p in (self.horizontal_flip, self.vertical_flip, self.greyscale,
                                        self.warmup)),
            'colour_jitter must lie between 0 and 1': not 0 <= self.colour_jitter <= 1,
            'first_layer_scale must be above 0': self.first_layer_scale <= 0,
            'crop_scale must be two fractions in rising order': not 0 < self.crop_scale[0] <= self.crop_scale[1] <= 1,
            'crop_ratio must be two numbers in rising order': not 0 < self.crop_ratio[0] <= self.crop_ratio[1],
            **{f"{name} must be {' or '.join(map(repr, values))}": getattr(self, name) not in values
               for name, values in CHOICES.items()},
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
    # The same task, with what lets AlexNet leave its initial weights; docs/train.md has the search it comes from.
    'normalised': Recipe(
        epochs=1000,  # 2.56 million pairs of 2,743 images
        batch_size=512,  # with so many pairs there are steps enough, and at larger rates all layers learn
        optimizer='sgd', nesterov=True, momentum=.9,  # LARS moved each weight by .03 % of its size a step
        learning_rate=.96,  # 0.12 at this batch: at 0.04 and less classes are told worse
        weight_decay=5e-4, decay_weights_only=True,  # as AlexNet was trained (Krizhevsky et al. 2012, section 5)
        schedule='cosine', warmup=.05,  # a plateau was found too late, or where there was none
        batch_norm=True, initial_weights='kaiming',  # else the gradients of AlexNet's initial weights vanish
        first_layer_scale=.05,  # and so small steps still turn filters
        vertical_flip=0.,
        colour_jitter=.5,  # else views can be told by their colours (Chen et al. 2020, section 3)
        average_pooling=False, head_width=512, head_norm=True,  # 0.2 million weights in the place of 86 million
    ),
}


def named_recipe(name: str) -> Recipe:
    """The recipe of that name; ValueError where there is none."""
    if name not in RECIPES:
        raise ValueError(f"No recipe '{name}': choose one of {', '.join(RECIPES)}.")
    return RECIPES[name]
