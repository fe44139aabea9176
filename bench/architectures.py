"""Many architectures with random weights on real neurons: layers, scores, and what each costs.

    python bench/architectures.py [--all] [--tiny] [--out architectures.csv] [NETWORK …]

Each network is scored in a process of its own, one after the other, on one thread; its row is written when it is done,
and kept when the script is started again. Peak memory is that of the whole process, Brain-Score's 0.5 GB included.
"""
import argparse
import csv
import os
import resource
import time
from pathlib import Path

os.environ.setdefault('BS_INSTALL_DEPENDENCIES', 'no')
os.environ.setdefault('OMP_NUM_THREADS', '1')

from measure import print_table

BENCHMARK = 'Antolik2016.VISp-pls'  # the recordings that are part of the project
OWN = Path(__file__).parent / 'networks' / 'of_ones_own.py'
TORCHVISION = ('alexnet', 'vgg11', 'resnet18', 'resnet50', 'densenet121', 'googlenet', 'squeezenet1_1', 'mobilenet_v2',
               'mobilenet_v3_small', 'shufflenet_v2_x1_0', 'mnasnet0_5', 'efficientnet_b0', 'regnet_y_400mf',
               'convnext_tiny', 'swin_t', 'vit_b_32')
TIMM = ('vit_tiny_patch16_224', 'swin_tiny_patch4_window7_224', 'mixer_s32_224', 'poolformer_s12', 'pvt_v2_b0',
        'ghostnet_100')
NETWORKS = [f'{OWN}:recurrent', f'{OWN}:vonenet_like', *(f'torchvision:{name}@none@64px' for name in TORCHVISION),
            *(f"timm:{name}@none{'' if 'mixer' in name else '@64px'}" for name in TIMM), f'{OWN}:efficientnet_lite0',
            'torchvision:vgg16@none@112px']  # its widest layers have 802,816 features
COLUMNS = ('network', 'image', 'parameters', 'layers', 'widest layer', 'committed layer', 'value', 'error',
           'least value', 'greatest value', 'CPU s', 'peak GB')


def row(name, every_layer):
    """Score all chosen layers of a network, or every one."""
    from brainscore_vision import load_benchmark

    from brainscore_plugin.any_network import load_model
    start = time.process_time()
    benchmark, model = load_benchmark(BENCHMARK), load_model(name)
    mapped = model.layer_model.region_layer_map['VISp']
    features = benchmark.features(model, layers=model.layers if every_layer else mapped)[1]
    scores = {layer: benchmark.score_features(values) for layer, values in features.items()}
    values, committed = [float(score) for score in scores.values()], scores[mapped[0]]
    network = model.activations_model._model
    size = model.activations_model._extractor.preprocess.keywords['image_size']
    return (name.rpartition('/')[2], 'x'.join(map(str, size)),
            sum(weights.numel() for weights in network.parameters()), len(scores),
            max(values.shape[1] for values in features.values()), mapped[0], f'{float(committed):.3f}',
            f"{committed.attrs['error']:.3f}", f'{min(values):.3f}', f'{max(values):.3f}',
            f'{time.process_time() - start:.1f}', f'{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2 ** 20:.2f}')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('networks', nargs='*', default=NETWORKS, metavar='NETWORK')
    parser.add_argument('--all', action='store_true', help='every module, not the layers chosen by default')
    parser.add_argument('--tiny', action='store_true', help='one small network: to see that the script runs')
    parser.add_argument('--out', type=Path, default=Path('architectures.csv'))
    args = parser.parse_args()
    if args.tiny:
        args.networks = NETWORKS[:1]
    import torch
    torch.set_num_threads(1)
    from brainscore_vision import load_benchmark
    load_benchmark(BENCHMARK).recordings  # noqa: B018  imported once, before the forks
    done = set()
    if args.out.is_file():
        done = {line[0] for line in csv.reader(args.out.open())}
    for name in args.networks:
        if name.rpartition('/')[2] in done:
            continue
        child = os.fork()
        if child == 0:
            try:
                found = row(name, args.all)
            except Exception as error:
                found = (name.rpartition('/')[2], f'{type(error).__name__}: {error}'[:200])
            with args.out.open('a', newline='') as file:
                csv.writer(file).writerow(found)
            os._exit(0)
        os.waitpid(child, 0)
    rows = [tuple(line) for line in csv.reader(args.out.open())]
    print_table([COLUMNS, *(line for line in rows if len(line) == len(COLUMNS))])
    for line in rows:
        if len(line) != len(COLUMNS):
            print(f'{line[0]} was not scored: {line[1]}')


if __name__ == '__main__':
    main()
