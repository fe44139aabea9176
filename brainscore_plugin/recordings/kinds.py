"""What the neurons of a recording are: measured, predicted or simulated. It is said wherever they are shown."""
REAL, TWIN, SIMULATED = 'real', 'twin', 'simulated'  # measured in mice; predicted by fitted networks; of a known model
_NOT_REAL = {'SimulatedMouse': SIMULATED, 'TwinMouse': TWIN}
# recording whose truth is known -> the model that knows it
ORACLES = {'SimulatedMouse': 'gabor_oracle', 'TwinMouse': 'twin_oracle'}


def recording_of(benchmark: str) -> str:
    """The recording in a benchmark's identifier, 'SimulatedMouse' of 'SimulatedMouse.VISp-pls'."""
    return benchmark.partition('.')[0]


def kind_of(identifier: str) -> str:
    """'real', 'twin' or 'simulated', of a recording or a benchmark."""
    return _NOT_REAL.get(recording_of(identifier), REAL)


def with_kind(benchmark: str) -> str:
    """A benchmark's identifier with what its neurons are, where they are of no mouse: 'TwinMouse.VISp-pls (twin)'."""
    kind = kind_of(benchmark)
    return benchmark if kind == REAL else f'{benchmark} ({kind})'
