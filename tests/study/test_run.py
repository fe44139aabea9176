"""The whole study on fabricated results and images: what it writes, and that bad input stops nothing but itself."""
import re
from functools import partial

import numpy as np
import pandas as pd
import pytest
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from fabricated.images import coloured_images, prepared
from PIL import Image

from study import analyses, decoding, models, noise_threshold, report, run, scores
from study.predictivity import with_keys
from study.saving import SavedFigure
from study.scores import Scored

pytestmark = pytest.mark.slow
MODELS = ['alexnet64_untrained:imagenet', 'alexnet64_untrained_seed1:real', 'alexnet64_untrained_seed2:cremi',
          'alexnet64_untrained_seed3', 'alexnet64_untrained_seed4', 'random_features']
START = 'alexnet64_untrained_seed3'
EXPONENTS = {'imagenet': 2, 'real': 2.3, 'cremi': 3.5}
SEED = 1  # whose noise, of few filters here, no other test uses
LAYERS = [f'conv{i}' for i in range(1, 6)]


def fabricated_scores(models, recording, out):
    """What :func:`study.scores.score_models` returns, with values that rise with naturalness."""
    rng, rows = np.random.default_rng(0), []
    for model in models:
        value = {'imagenet': .6, 'real': .55, 'cremi': .3}.get(model.label, .2)
        for layer in LAYERS if model.identifier.startswith('alexnet') else ['features']:
            for benchmark in recording.benchmarks:
                rows += [{'model': model.identifier, 'label': model.label, 'group': model.group, 'layer': layer,
                          'benchmark': benchmark, 'animal': f'mouse{animal}', 'split': split,
                          'domain': model.domain,
                          'value': value + .02 * rng.standard_normal()} for animal in range(3) for split in range(5)]
    results = pd.DataFrame(rows)
    results['animal_value'] = results.groupby(['model', 'layer', 'benchmark', 'animal']).value.transform('mean')
    results['seed'] = 0
    keys = ['recording', 'area', 'metric', 'model', 'label', 'group', 'domain', 'seed', 'layer']
    values = with_keys(results).groupby(keys, sort=False, dropna=False).value.agg(value='mean', error='std')
    values = values.reset_index().assign(n_neurons=9, n_nan=0)
    compared = values.metric == 'pls'
    others = {'consistency': .5, 'consistency_error': .05, 'n_animals': 3}
    return Scored(results, values.assign(**{name: np.where(compared, value, np.nan) for name, value in others.items()}),
                  [])


@pytest.fixture(scope='module')
def images(tmp_path_factory):
    folder = tmp_path_factory.mktemp('images')
    names = [f'image{i}' for i in range(8)]
    for name, image in zip(names, coloured_images(2, len(names))):
        Image.fromarray(image).save(folder / f'{name}.png')
    stimuli = StimulusSet({'stimulus_id': names})
    stimuli.stimulus_paths = {name: folder / f'{name}.png' for name in names}
    stimuli.identifier = None
    return stimuli


@pytest.fixture(scope='module')
def domains(tmp_path_factory):
    folder = tmp_path_factory.mktemp('domains')
    for name, p in EXPONENTS.items():
        prepared(folder, name, coloured_images(p, 200))
    return folder


@pytest.fixture(scope='module')
def patched(images):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scores, 'score_models', fabricated_scores)
        patch.setattr(models, 'model_card', lambda identifier: {'training': {'start': START}} if identifier ==
                      MODELS[0].partition(':')[0] else None)
        patch.setattr(analyses.network_activations, 'shown_images', lambda *_: {'SimulatedMouse': images})
        patch.setattr(noise_threshold, 'NULL_FILTERS', 50)
        patch.setattr(analyses.first_layer_filters, 'NULL_FILTERS', 50)
        patch.setattr(analyses.network_activations, 'decode_models', partial(decoding.decode_models, n_permutations=1))
        yield patch


@pytest.fixture(scope='module')
def finished(patched, domains, tmp_path_factory):
    out = tmp_path_factory.mktemp('finished')
    run.run_study(out, ['simulated'], domains, MODELS, SEED)
    return out


class TestReport:
    def test_it_is_self_contained(self, finished):
        html = (finished / 'report.html').read_text()
        assert html.count('src="data:image/png;base64,') == len(list((finished / 'figures').glob('*.png'))) == 10
        assert not re.search(r'(src|href)="(?!data:)', html)

    def test_each_figure_and_table_comes_in_both_forms(self, finished):
        for folder, endings in (('figures', ('png', 'svg')), ('tables', ('csv', 'md'))):
            one, other = ({path.stem for path in (finished / folder).glob(f'*.{ending}')} for ending in endings)
            assert one == other != set()
        assert not list(finished.rglob('.*'))

    def test_the_markdown_shows_every_figure(self, finished):
        markdown = (finished / 'report.md').read_text()
        assert set(re.findall(r'\]\((figures/\w+\.png)\)', markdown)) == {
            f'figures/{path.name}' for path in (finished / 'figures').glob('*.png')}

    def test_what_is_no_replication_is_marked_everywhere(self, finished):
        html = (finished / 'report.html').read_text()
        n_results = html.count('<figure>') + html.count('<caption>')
        unmarked = html.count('<strong>What else the paper prints.')
        assert html.count('class="mark"') == n_results - unmarked
        table = pd.read_csv(finished / 'tables' / 'predictivity.csv')
        assert set(table.rests_on) == {'models trained on stand-in images, or for less than the paper; '
                                       'simulated recordings (SimulatedMouse)'}
        assert set(table.kind) == {'simulated'}
        assert 'Not a replication' in (finished / 'tables' / 'table_1.md').read_text()
        assert 'Not a replication' in (finished / 'figures' / 'naturalness.svg').read_text() or 'text' not in (
            finished / 'figures' / 'naturalness.svg').read_text()

    def test_the_papers_numbers_stand_beside_ours(self, finished):
        table = pd.read_csv(finished / 'tables' / 'table_1.csv').set_index('domain')
        assert len(table) == 8
        assert table.loc['imagenet', 'allen-calcium, paper'] == .352
        ours = table['SimulatedMouse (simulated), ours (per neuron)']
        assert ours['imagenet'] == pytest.approx(.6, abs=.02)
        assert np.isnan(ours['sketch'])
        layers = pd.read_csv(finished / 'tables' / 'published_layers.csv').set_index(['domain', 'area', 'layer'])
        assert layers.paper['clipart', 'VISp', 'conv1'] == .301
        assert layers['SimulatedMouse (simulated), ours (per neuron)']['imagenet', 'VISp', 'conv1'] == pytest.approx(
            .6, abs=.03)

    def test_a_network_with_a_known_start_is_compared_with_it_everywhere(self, finished):
        column = 'SimulatedMouse (simulated), ours (per neuron), minus own start'
        assert pd.read_csv(finished / 'tables' / 'table_1.csv').set_index('domain')[column]['imagenet'] == (
            pytest.approx(.4, abs=.02))
        for name in ('predictivity', 'controls', 'first_layer'):
            assert 'imagenet − own start' in set(pd.read_csv(finished / 'tables' / f'{name}.csv').label)
        assert 'started from the weights of alexnet64_untrained_seed3' in (finished / 'report.md').read_text()
        assert 'What training has added is not known of' in (finished / 'report.md').read_text()

    def test_what_other_animals_get_stands_beside_the_models(self, finished):
        table = pd.read_csv(finished / 'tables' / 'other_animals.csv')
        assert list(table.area) == ['VISp', 'VISl']
        assert set(table.metric) == {'pls'}
        assert set(table.n_pooled) == {2}
        assert list(table.best_model) == ['imagenet'] * 2
        assert table.best_of_value.iloc[0] == pytest.approx(.6 / .5, abs=.05)
        assert 'SimulatedMouse (simulated) VISp: 0.500 ± 0.050 with 2 of 3 animals pooled' in (
            finished / 'report.md').read_text()

    def test_what_is_missing_is_said(self, finished):
        html = (finished / 'report.html').read_text()
        assert 'The domain &#39;sketch&#39; is missing: No prepared domain' in html

    def test_the_relation_is_computed_and_judged(self, finished):
        table = pd.read_csv(finished / 'tables' / 'relation.csv')
        row = table[(table.layer == 'conv1') & (table.estimator == 'log_log')].iloc[0]
        assert (row.of, row.n_domains, row.spearman) == ('trained', 3, 1)
        assert row.verdict == 'undecided'
        assert 'over 3 domains' in (finished / 'report.md').read_text()

    def test_each_comparison_has_both_tests(self, finished):
        table = pd.read_csv(finished / 'tables' / 'comparisons.csv')
        assert len(table) == 3 * 6  # pairs, areas and metrics
        assert set(table.verdict) == {'cannot tell'}  # by three animals
        assert {'p_splits', 'p_animals', 'p_splits_holm', 'p_animals_holm'} <= set(table)

    def test_the_slow_analyses_are_kept(self, finished):
        kept = {path.name.rpartition('-')[0] for path in (finished / 'steps').iterdir()}
        assert {'scene_distance', 'naturalness', 'filters', 'decoding_trained', 'decoding_untrained', 'norms',
                'distances'} <= kept

    def test_its_words_are_filled_in(self, finished):
        markdown = (finished / 'report.md').read_text()
        assert 'Gabor-like: R² above what 1% of 50 filters of white noise reach' in markdown
        assert 'SimulatedMouse (simulated) VISp, per neuron, trained: Spearman' in markdown
        assert 'Each domain has been trained on once' in markdown
        assert '{{' not in markdown


class TestBadInput:
    @pytest.fixture(scope='class')
    def written(self, patched, tmp_path_factory):
        folder = tmp_path_factory.mktemp('bad')
        prepared(folder, 'imagenet', coloured_images(2, 10))
        prepared(folder, 'real', np.full((150, 64, 64, 3), 9, np.uint8))
        prepared(folder, 'cremi', coloured_images(3, 150))
        (folder / 'sketch').mkdir()
        (folder / 'sketch' / 'domain.json').write_text('{}')
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(scores, 'score_models', lambda models, recording, out: Scored(
                pd.DataFrame(), pd.DataFrame(), [f"The recordings '{recording.name}' are missing."]))
            patch.setattr(report, 'save_plot', lambda plot, _: SavedFigure(
                plot.name, plot.title, plot.rests_on, ''))  # slow, and tested above
            run.run_study(folder / 'out', ['allen-calcium'], folder, [
                'alexnet64_untrained:imagenet', 'pixels64:real', 'nowhere:cremi', 'alexnet64_untrained_seed1'], SEED)
        return (folder / 'out' / 'report.md').read_text()

    @pytest.mark.parametrize('words', [
        "The domain 'imagenet' has 10 images only",
        "150 of 150 images of the domain 'real' are constant",
        "The domain 'sketch' is missing",
        "The model 'nowhere' is missing",
        "'pixels64' is left out of the filters: the network has no layer 'conv1'",
        "The recordings 'allen-calcium' are missing.",
        "'Neural predictivity' could not be done: no model could be scored on any recording."])
    def test_it_is_said_in_clear_words(self, written, words):
        assert words in written

    @pytest.mark.parametrize('title', ['Naturalness of the domains', 'First-layer filters',
                                       "Networks' activations by the same images", 'Table 1'])
    def test_the_other_analyses_are_done(self, written, title):
        assert f'## {title}' in written

    @pytest.mark.parametrize(('arguments', 'error', 'words'), [
        ({'recordings': ['allen']}, ValueError, 'allen-calcium'),
        ({'recordings': []}, ValueError, 'none given'),
        ({'models': ['resnet']}, ValueError, 'resnet:DOMAIN'),
        ({'domains': 'nowhere'}, FileNotFoundError, 'nowhere is not a folder')])
    def test_what_nobody_can_have_meant_is_refused(self, tmp_path, arguments, error, words):
        with pytest.raises(error, match=words):
            run.run_study(tmp_path / 'out', **arguments)
        assert not (tmp_path / 'out').exists()
