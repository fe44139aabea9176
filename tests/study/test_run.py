"""The whole study on fabricated cells and pictures: what it writes, and that bad input stops nothing but itself."""
import re
from functools import partial

import numpy as np
import pandas as pd
import pytest
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from fabricated.images import coloured_images, prepared
from PIL import Image

import study.analyses
import study.context
from study import run
from study.models import DEFAULT, StudyModel, choose_models
from study.recordings import RECORDINGS, choose_recordings
from study.scores import score_models
from study.steps import Steps

MODELS = ['alexnet64_untrained:imagenet', 'alexnet64_untrained_seed1:real', 'alexnet64_untrained_seed2:cremi',
          'alexnet64_untrained_seed3', 'alexnet64_untrained_seed4', 'random_features']
EXPONENTS = {'imagenet': 2, 'real': 2.3, 'cremi': 3.5}
SEED = 1  # whose noise, of few filters here, no other test uses
LAYERS = [f'conv{i}' for i in range(1, 6)]


def fabricated_cells(models, recording, out):
    """What :func:`study.scores.score_models` returns, with values that rise with naturalness."""
    rng, rows = np.random.default_rng(0), []
    for model in models:
        value = {'imagenet': .6, 'real': .55, 'cremi': .3}.get(model.label, .2)
        for layer in LAYERS if model.identifier.startswith('alexnet') else ['features']:
            for benchmark in recording.benchmarks:
                rows += [{'model': model.identifier, 'label': model.label, 'group': model.group, 'layer': layer,
                          'benchmark': benchmark, 'animal': f'mouse{animal}', 'split': split,
                          'domain': model.label if model.group == 'trained' else None,
                          'value': value + .02 * rng.standard_normal()} for animal in range(3) for split in range(5)]
    cells = pd.DataFrame(rows)
    keys = ['recording', 'area', 'metric', 'model', 'label', 'group', 'layer']
    scores = study.predictivity.with_keys(cells).groupby(keys, sort=False).value.agg(value='mean', error='std')
    return cells, scores.reset_index().assign(n_neurons=9, n_nan=0), []


@pytest.fixture(scope='module')
def pictures(tmp_path_factory):
    folder = tmp_path_factory.mktemp('pictures')
    names = [f'picture{i}' for i in range(8)]
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
def patched(pictures):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study.context, 'score_models', fabricated_cells)
        patch.setattr(study.analyses, 'shown_stimuli', lambda _: {'SimulatedMouse': pictures})
        patch.setattr(study.analyses.filters, 'NULL_FILTERS', 50)
        patch.setattr(study.analyses.decoding, 'decode_models', partial(study.decoding.decode_models, n_permutations=1))
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
        unmarked = html.count('<strong>What the paper prints besides.')
        assert html.count('class="mark"') == n_results - unmarked
        table = pd.read_csv(finished / 'tables' / 'predictivity.csv')
        assert set(table.rests_on) == {'models trained on stand-in images, or for less than the paper; '
                                       'simulated recordings'}
        assert 'Not a replication' in (finished / 'tables' / 'table_1.md').read_text()
        assert 'Not a replication' in (finished / 'figures' / 'naturalness.svg').read_text() or 'text' not in (
            finished / 'figures' / 'naturalness.svg').read_text()

    def test_the_papers_numbers_stand_beside_ours(self, finished):
        table = pd.read_csv(finished / 'tables' / 'table_1.csv').set_index('domain')
        assert len(table) == 8
        assert table.loc['imagenet', 'allen-calcium, paper'] == .352
        ours = table['SimulatedMouse, ours (per neuron)']
        assert ours['imagenet'] == pytest.approx(.6, abs=.02)
        assert np.isnan(ours['sketch'])

    def test_what_is_missing_is_said(self, finished):
        html = (finished / 'report.html').read_text()
        assert 'The domain &#39;sketch&#39; is missing: No prepared domain' in html

    def test_the_relation_is_computed_and_judged(self, finished):
        table = pd.read_csv(finished / 'tables' / 'relation.csv')
        row = table[(table.layer == 'conv1') & (table.estimator == 'log_log')].iloc[0]
        assert (row.n_domains, row.spearman) == (3, 1)
        assert 'over 3 domains' in (finished / 'report.md').read_text()

    def test_each_comparison_has_both_tests(self, finished):
        table = pd.read_csv(finished / 'tables' / 'comparisons.csv')
        assert len(table) == 3 * 4  # pairs, areas and metrics
        assert {'p_splits', 'p_animals', 'p_splits_holm', 'p_animals_holm'} <= set(table)


class TestSteps:
    def compute(self):
        self.computed = getattr(self, 'computed', 0) + 1
        return pd.DataFrame({'value': [self.computed]})

    def test_a_finished_table_is_not_computed_again(self, tmp_path):
        assert [Steps(tmp_path).table('norms', self.compute, 'weights', 0).value.item() for _ in range(2)] == [1, 1]

    def test_it_is_where_anything_that_it_follows_from_has_changed(self, tmp_path):
        for weights in ('old', 'new'):
            table = Steps(tmp_path).table('norms', self.compute, weights)
        assert table.value.item() == 2
        assert len(list(tmp_path.iterdir())) == 1  # the outdated one is gone

    def test_an_analysis_that_fails_leaves_nothing(self, tmp_path):
        with pytest.raises(ZeroDivisionError):
            Steps(tmp_path).table('norms', lambda: 1 / 0)
        assert not list(tmp_path.iterdir())

    def test_the_slow_analyses_are_kept(self, finished):
        kept = {path.name.rpartition('-')[0] for path in (finished / 'steps').iterdir()}
        assert {'naturalness', 'filters', 'decoding_trained', 'decoding_untrained', 'norms', 'distances'} <= kept


class TestBadInput:
    @pytest.fixture(scope='class')
    def report(self, patched, tmp_path_factory):
        folder = tmp_path_factory.mktemp('bad')
        prepared(folder, 'imagenet', coloured_images(2, 10))
        prepared(folder, 'real', np.full((150, 64, 64, 3), 9, np.uint8))
        prepared(folder, 'cremi', coloured_images(3, 150))
        (folder / 'sketch').mkdir()
        (folder / 'sketch' / 'domain.json').write_text('{}')
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(study.context, 'score_models', lambda models, recording, out: (
                pd.DataFrame(), pd.DataFrame(), [f"The recordings '{recording.name}' are missing."]))
            patch.setattr(study.report, '_save_picture', lambda *_: None)  # slow, and tested above
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
    def test_it_is_said_in_clear_words(self, report, words):
        assert words in report

    @pytest.mark.parametrize('title', ['Naturalness of the domains', 'First-layer filters',
                                       "Networks' answers to the same pictures", 'Table 1'])
    def test_the_other_analyses_are_done(self, report, title):
        assert f'## {title}' in report

    @pytest.mark.parametrize(('arguments', 'error', 'words'), [
        ({'recordings': ['allen']}, ValueError, 'allen-calcium'),
        ({'recordings': []}, ValueError, 'none given'),
        ({'models': ['resnet']}, ValueError, 'resnet:DOMAIN'),
        ({'models': ['a:real', 'b:real']}, ValueError, 'Two models were given for real'),
        ({'domains': 'nowhere'}, FileNotFoundError, 'nowhere is no folder')])
    def test_what_nobody_can_have_meant_is_refused(self, tmp_path, arguments, error, words):
        with pytest.raises(error, match=words):
            run.run_study(tmp_path / 'out', **arguments)
        assert not (tmp_path / 'out').exists()


class TestScores:
    """What of a sweep reaches the study; the sweep itself is tested elsewhere."""

    @pytest.fixture
    def swept(self, tmp_path, monkeypatch):
        from brainscore_plugin.sweep import SweepFailed
        from brainscore_plugin.sweep.cells import Cell, write_cell
        simulated = RECORDINGS['simulated']

        def sweep(models, benchmarks, out):
            failures = {}
            for model in models:
                for benchmark in benchmarks:
                    if model == 'broken' or benchmark in sweep.unavailable:
                        failures[Cell(model, '*', benchmark)] = FileNotFoundError('no such file')
                        continue
                    rows = pd.DataFrame({'animal': ['m'], 'split': [0], 'value': [.4], 'raw': [.4], 'ceiling': [1.],
                                         'n_neurons': [5], 'n_nan': [0], 'seed': [0], 'protocol': ['quick'],
                                         'versions': ['']})
                    write_cell(Cell(model, 'conv1', benchmark), out, rows, {
                        'value': .5, 'error': .1, 'region': 'VISp', 'committed': True, 'n_neurons': 5, 'n_nan': 0}, 'f')
            if failures:
                raise SweepFailed(failures, 9, out)

        sweep.unavailable = []
        monkeypatch.setattr('study.scores.sweep', sweep)
        return sweep, simulated, tmp_path

    def test_values_are_those_of_the_benchmark_and_cells_know_their_domain(self, swept):
        _, recording, out = swept
        models = [StudyModel('mine', 'real', 'trained'), StudyModel('alexnet64_untrained', 'untrained', 'untrained')]
        cells, scores, missing = score_models(models, recording, out)
        assert missing == []
        assert set(scores.value) == {.5}
        assert set(zip(scores.recording, scores.area, scores.metric)) == {
            ('SimulatedMouse', area, metric) for area in ('VISp', 'VISl') for metric in ('pls', 'pls_pooled')}
        assert set(cells.domain[cells.model == 'mine']) == {'real'}
        assert cells.domain[cells.model == 'alexnet64_untrained'].isna().all()

    def test_a_model_that_fails_is_named_once(self, swept):
        _, recording, out = swept
        _, scores, missing = score_models([StudyModel('mine', 'real', 'trained'), StudyModel('broken', 'x', 'trained')],
                                          recording, out)
        assert set(scores.model) == {'mine'}
        assert len(missing) == 1
        assert 'model broken: FileNotFoundError: no such file' in missing[0]

    def test_missing_recordings_are_one_sentence(self, swept):
        sweep, recording, out = swept
        sweep.unavailable = recording.benchmarks
        cells, _, missing = score_models([StudyModel('mine', 'real', 'trained')], recording, out)
        assert len(cells) == 0
        assert missing == ["The recordings 'simulated' are missing, and with them all that rests on them. "
                           'FileNotFoundError: no such file']

    def test_cells_of_an_earlier_run_with_other_models_are_left_out(self, swept):
        _, recording, out = swept
        score_models([StudyModel('other', 'real', 'trained')], recording, out)
        cells, _, _ = score_models([StudyModel('mine', 'real', 'trained')], recording, out)
        assert set(cells.model) == {'mine'}

    def test_the_oracle_is_asked_of_simulated_recordings_only(self, swept):
        _, _, out = swept
        oracle = [model for model in DEFAULT if model.identifier in ('gabor_oracle', 'pixels64')]
        cells, _, _ = score_models(oracle, RECORDINGS['sensorium2022'], out)
        assert set(cells.model) == {'pixels64'}


def test_the_default_is_every_domain_and_every_control():
    groups = [model.group for model in choose_models()]
    assert (groups.count('trained'), groups.count('untrained'), groups.count('baseline')) == (8, 5, 3)


def test_a_recording_is_taken_once():
    assert [recording.name for recording in choose_recordings(['simulated', 'simulated'])] == ['simulated']


def test_the_papers_numbers_are_those_of_its_table():
    numbers = study.context.paper_numbers()
    table = numbers[numbers.source == 'Table 1']
    assert table.groupby('quantity').size().tolist() == [8, 8, 8, 8]
    assert table[table.domain == 'cremi'].value.tolist() == [-1.453, .219, .614, .129]
    assert numbers.value.notna().all()


