"""Speed of reading a model's layers against Brain-Score's helper and a bare forward pass.

    python bench/activations.py [--quick] [--seed 0]

Prints one table: five layers of alexnet64_untrained (31,872 features) on the simulated mouse's 118
scenes and on 6,000 random images of 64 x 64. The bare side is the loop one would write: open,
resize, normalise and stack 64 images, run the network without gradients, copy what its layers
give into arrays. Ours is what the benchmarks call; Brain-Score's is its
``ActivationsExtractorHelper`` without storage. All in one run, the sides alternating; medians of
their times. The difference is the largest between ours and the helper's, over the largest
feature. OMP_NUM_THREADS=1 gives the network one thread where others compute on the same cores.
"""
import argparse
import os
import tempfile
from pathlib import Path

os.environ.setdefault('BS_INSTALL_DEPENDENCIES', 'no')
os.environ.setdefault('TQDM_DISABLE', '1')  # bars would stand between the rows

import numpy as np
import torch
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision import load_model, load_stimulus_set
from brainscore_vision.benchmarks.mouse_predictivity.activations import layer_features
from brainscore_vision.models.alexnet64.model import IMAGE_SIZE, IMAGENET_MEAN, IMAGENET_STD, LAYERS
from measure import alternate, print_table
from PIL import Image
from torchvision import transforms

BATCH_SIZE = 64  # Brain-Score's
COLUMNS = ('images', 'bare s', 'ours s', 'Brain-Score s', 'ours/bare', 'Brain-Score/bare', 'max rel diff')


def random_images(folder, seed, n_images):
    rng = np.random.default_rng(seed)
    names = [f'image_{i:05d}' for i in range(n_images)]
    for name in names:
        Image.fromarray(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(folder / f'{name}.png')
    stimuli = StimulusSet({'stimulus_id': names})
    stimuli.stimulus_paths = {name: folder / f'{name}.png' for name in names}
    stimuli.identifier = 'random_images'
    return stimuli


def bare(model, stimuli):
    network = model.activations_model._model.eval()
    device = next(network.parameters()).device
    transform = transforms.Compose([transforms.Resize((IMAGE_SIZE, IMAGE_SIZE)), transforms.ToTensor(),
                                    transforms.Normalize(IMAGENET_MEAN, IMAGENET_STD)])
    outputs, features = {}, {}
    hooks = [network.get_submodule(layer).register_forward_hook(
        lambda module, inputs, output, layer=layer: outputs.update({layer: output})) for layer in LAYERS]
    paths = [stimuli.get_stimulus(stimulus_id) for stimulus_id in stimuli['stimulus_id']]
    with torch.no_grad():
        for start in range(0, len(paths), BATCH_SIZE):
            images = [transform(Image.open(path).convert('RGB')) for path in paths[start:start + BATCH_SIZE]]
            network(torch.stack(images).to(device))
            for layer in LAYERS:
                values = outputs[layer].flatten(1).cpu().numpy()
                if layer not in features:
                    features[layer] = np.empty((len(paths), values.shape[1]), values.dtype)
                features[layer][start:start + len(values)] = values
    for hook in hooks:
        hook.remove()
    return features


def ours(model, stimuli):
    return layer_features(model, stimuli, 'VISp', (0, 250), number_of_trials=1, layers=LAYERS)


def helper(model, stimuli):
    return model.activations_model(stimuli, layers=LAYERS, stimuli_identifier=False)


SIDES = {'bare': bare, 'ours': ours, 'helper': helper}


def difference(model, stimuli):
    found, expected = ours(model, stimuli), helper(model, stimuli).values
    found = np.concatenate([found[layer].values for layer in LAYERS], axis=1)
    largest = np.abs(expected).max()
    found -= expected
    return np.abs(found, out=found).max() / largest


def row(model, stimuli, n_times):
    def run(features):
        features(model, stimuli)  # which are not kept: 0.8 GB for 6,000 images
    seconds, _ = alternate({side: lambda features=features: run(features) for side, features in SIDES.items()}, n_times)
    return (str(len(stimuli)), *(f'{value:.3f}' for value in seconds.values()),
            f"{seconds['ours'] / seconds['bare']:.2f}", f"{seconds['helper'] / seconds['bare']:.2f}",
            f'{difference(model, stimuli[:BATCH_SIZE + 1]):.1e}')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--quick', action='store_true', help='600 instead of 6,000 images, timed fewer times')
    parser.add_argument('--tiny', action='store_true', help='8 images, timed once: to see that the script runs')
    parser.add_argument('--seed', type=int, default=0)
    args = parser.parse_args()
    n_images, few, many = (8, 1, 1) if args.tiny else (600, 5, 2) if args.quick else (6000, 15, 5)
    model, scenes = load_model('alexnet64_untrained'), load_stimulus_set('SimulatedMouse')
    for features in SIDES.values():  # the first call of each side imports what it needs
        features(model, scenes[:2])
    with tempfile.TemporaryDirectory() as folder:
        rows = [COLUMNS, row(model, scenes[:8] if args.tiny else scenes, few),
                row(model, random_images(Path(folder), args.seed, n_images), many)]
    device = next(model.activations_model._model.parameters()).device
    print(f'# seed {args.seed}; {device}, {torch.get_num_threads()} thread(s); {len(LAYERS)} layers; medians of {few} '
          f'({rows[1][0]} images) and {many} ({n_images}) alternating runs')
    print_table(rows)


if __name__ == '__main__':
    main()
