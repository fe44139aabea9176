"""The pull requests that this project goes in by: what is in each, in the order in which they must be merged."""
from collections.abc import Iterable
from dataclasses import dataclass

from brainscore_plugin.link import Plugin

# Brain-Score's workflow of new models asks GitHub for one page of a pull request's files, which has 100.
MAX_FILES = 99
# What is larger belongs into the storage: Brain-Score took 277 MB of weights out of its repository in June 2026.
MAX_FILE_BYTES = 1_000_000


@dataclass(frozen=True)
class Tree:
    """The plugins of one pull request.

    Attributes
    ----------
    name : str
        Of its folder; it sorts in the order of merging.
    types : tuple of str
        Types of its plugins. Models are apart from benchmarks, because Brain-Score takes the first type that it meets
        for that of all metadata.
    title : str
        ``type(scope): subject``, as Brain-Score's maintainers write theirs.
    """
    name: str
    types: tuple[str, ...]
    title: str

    def of(self, plugins: Iterable[Plugin]) -> list[Plugin]:
        """Those of some plugins that are in it."""
        return [plugin for plugin in plugins if plugin.type in self.types]


# Each needs what those before it bring: the baselines read the truth of simulated mice off the data, and tests of
# benchmarks score the baselines.
DATA = Tree('1-data', ('data',), 'feat(data): add recordings and simulations of mouse visual cortex')
MODELS = Tree('2-models', ('models',), 'feat(models): add AlexNets trained on eight image domains, and baselines')
BENCHMARKS = Tree('3-benchmarks', ('metrics', 'benchmarks'),
                  'feat(benchmarks): add mouse visual cortex, with noise-corrected metrics')
TREES = (DATA, MODELS, BENCHMARKS)
