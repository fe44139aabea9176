"""The page in a browser: it loads, sorts, filters, and shows a score that is clicked or reached by keys."""
import os
import re
import shutil
from contextlib import contextmanager

import numpy as np
import pytest

pytest.importorskip('plotly', reason='the page needs Plotly')
sync_api = pytest.importorskip('playwright.sync_api', reason='Playwright drives the browser')
from brainscore_plugin.leaderboard_page.page import page  # noqa: E402

BROWSER = next(filter(None, map(shutil.which, ('chromium-headless-shell', 'chromium', 'google-chrome'))), None)
AREAS = ('VISp', 'VISl', 'VISal', 'VISam', 'VISpm', 'VISrl')


def many(n_models=200, n_recordings=5, n_layers=20):
    """Results of made-up models on six areas of made-up recordings."""
    rng = np.random.default_rng(0)
    models = ['random_features', 'alexnet64_untrained', *(f'model_{i:03d}' for i in range(n_models - 2))]
    benchmarks = [f'Recording{r}.{area}-pls' for r in range(n_recordings) for area in AREAS]
    scores = []
    for m, model in enumerate(models):
        for b in range(len(benchmarks)):
            value = 0. if model == 'random_features' else round(.1 + .002 * m + .01 * rng.standard_normal(), 4)
            layers = [[f'block{i}', round(value - .001 * (i - 9) ** 2, 4), .01] for i in range(n_layers)]
            scores.append([m, b, {'layers': layers, 'layer': 'block9', 'value': value, 'error': .01, 'region': 'VISp',
                                  'n': 100, 'undefined': 2, 'ceiling': .7,
                                  'animals': {f'mouse{a}': [round(value + .01 * a, 4)] * 10 for a in range(3)},
                                  'neurons': {f'mouse{a}': [round(value + .01 * i, 4) for i in range(30)]
                                              for a in range(3)} if m else {}}])
    return {'models': models, 'benchmarks': benchmarks, 'scores': scores, 'versions': ['made up'],
            'facts': {model: {'parameters': 1000 * (i + 1)} for i, model in enumerate(models)},
            'references': {name: {'chance': 0., 'untrained': .102, 'ceiling': .7} for name in benchmarks},
            'kinds': {'Recording0.VISp-pls': 'twin'}}


@pytest.fixture(scope='module')
def browser():
    if BROWSER is None:
        pytest.skip('no Chromium is installed: apt install chromium')
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=['--no-sandbox'])
        yield browser
        browser.close()


@pytest.fixture(scope='module')
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp('page') / 'page.html'
    path.write_text(page(many(30)), encoding='utf-8')
    return path


@pytest.fixture
def opened(browser, file):
    """The page of 30 models."""
    with silently(browser, file) as tab:
        yield tab


@contextmanager
def silently(browser, file):
    """The page; nothing may be said on its console, and nothing be fetched."""
    tab, said = browser.new_page(viewport={'width': 1440, 'height': 900}), []
    tab.on('console', lambda message: said.append(message.text) if message.type in ('error', 'warning') else None)
    tab.on('pageerror', lambda error: said.append(str(error)))
    tab.on('request', lambda request: said.append(request.url) if request.url.startswith('http') else None)
    tab.goto(file.as_uri())
    tab.wait_for_selector('body[data-ready]')
    yield tab
    assert said == []
    tab.close()


def first_row(tab):
    return tab.locator('tbody tr:not(.reference) th').first.inner_text()


def test_two_hundred_models_load_at_once(browser, tmp_path):
    (tmp_path / 'page.html').write_text(page(many()), encoding='utf-8')
    with silently(browser, tmp_path / 'page.html') as tab:
        assert tab.locator('tbody td[data-model]').count() == 200 * 30
        shown, ready = (int(tab.evaluate(f'document.body.dataset.{name}')) for name in ('shown', 'ready'))
        assert shown < ready < (2000 if os.getloadavg()[0] < os.cpu_count() else 60_000)
        assert 'Recording0.VISp-pls' in tab.locator('#title').inner_text()


def test_a_click_on_a_heading_sorts_and_another_turns_it_round(opened):
    best = first_row(opened)
    heading = opened.locator('thead th', has_text='Recording1.VISl-pls').locator('button')
    heading.click()
    assert heading.locator('..').get_attribute('aria-sort') == 'descending'
    column = opened.locator('tbody tr:not(.reference) td:nth-child(9)')
    values = [float(text.split(' ')[0]) for text in column.all_inner_texts()]
    assert values == sorted(values, reverse=True)
    heading.click()
    assert first_row(opened) == 'random_features' != best


def test_a_score_that_is_clicked_is_shown_and_the_link_shows_it_again(opened, browser):
    opened.locator('td[data-model=model_007][data-benchmark="Recording2.VISal-pls"]').click()
    assert opened.locator('#title').inner_text() == 'model_007 on Recording2.VISal-pls'
    assert opened.locator('#layers .scatterlayer path.point').count() == 20
    assert opened.locator('#animals .boxlayer path.box').count() == 3
    neurons = opened.evaluate('document.getElementById("neurons").data.map(trace => [trace.name, trace.x.length])')
    assert neurons == [[f'mouse{animal}', 30] for animal in range(3)]
    assert opened.locator('#no-neurons').is_hidden()
    assert opened.locator('#map polygon').count() == 6
    again = browser.new_page()
    again.goto(opened.url)
    again.wait_for_selector('body[data-ready]')
    assert again.locator('#title').inner_text() == 'model_007 on Recording2.VISal-pls'
    again.close()


def test_a_sweep_without_values_of_neurons_says_so(opened):
    opened.locator('td[data-model=random_features]').first.click()
    assert opened.locator('#no-neurons').is_visible()
    assert opened.locator('#neurons .main-svg').count() == 0
    assert opened.locator('#animals .boxlayer path.box').count() == 3


def test_everything_is_reached_by_keys(opened):
    opened.locator('td[data-model][tabindex="0"]').focus()
    before = opened.locator('#title').inner_text()
    opened.keyboard.press('ArrowDown')
    opened.keyboard.press('ArrowRight')
    opened.keyboard.press('Enter')
    after = opened.locator('#title').inner_text()
    assert before != after
    assert after.endswith('Recording0.VISam-pls') or 'Recording0' in after
    assert opened.evaluate('document.activeElement.dataset.model') in after


def test_filters_narrow_models_and_benchmarks(opened):
    opened.locator('#models').fill('model_01')
    opened.locator('#benchmarks').fill('VISpm')
    assert opened.locator('tbody tr:not(.reference)').count() == 10
    assert opened.locator('thead th').count() == 1 + 5
    assert opened.locator('#said').inner_text() == '10 of 30 models, 5 of 30 benchmarks'


def test_tables_and_plots_are_saved(opened):
    opened.locator('#models').fill('model_01')
    with opened.expect_download() as download:
        opened.locator('#csv').click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0].startswith('"model","benchmark","value"')
    assert len(lines) == 1 + 10 * 30
    for name in ('layers', 'map'):
        with opened.expect_download() as download:
            opened.locator(f'[data-plot={name}]').click()
        assert re.match('<svg', download.value.path().read_text())


def test_text_has_a_contrast_of_four_and_a_half_to_one_or_more(opened):
    ratios = opened.evaluate('''() => {
        const parse = colour => colour.match(/[\\d.]+/g).map(Number);
        const light = colour => parse(colour).slice(0, 3).map(part => part / 255)
            .map(part => part <= .03928 ? part / 12.92 : ((part + .055) / 1.055) ** 2.4)
            .reduce((sum, part, i) => sum + part * [.2126, .7152, .0722][i], 0);
        return [...document.querySelectorAll('tbody td')].slice(0, 400).map(cell => {
            const style = getComputedStyle(cell);
            const [one, other] = [light(style.color), light(style.backgroundColor)].sort((a, b) => b - a);
            return (one + .05) / (other + .05);
        });
    }''')
    assert min(ratios) > 4.5


def test_names_are_text_whatever_they_hold(browser, tmp_path):
    data = many(3, 1, 2)
    data['models'][2] = '</script><img src=x onerror="document.title=1">'
    path = tmp_path / 'page.html'
    path.write_text(page(data), encoding='utf-8')
    tab = browser.new_page()
    tab.goto(path.as_uri())
    tab.wait_for_selector('body[data-ready]')
    assert data['models'][2] in tab.locator('tbody th').all_inner_texts()
    assert tab.locator('img').count() == 0
    tab.close()


def test_what_no_mouse_has_is_named_so(opened):
    marked = opened.locator('thead th', has_text='Recording0.VISp-pls')
    assert marked.inner_text() == 'Recording0.VISp-pls (twin)'
    opened.locator('td[data-benchmark="Recording0.VISp-pls"]').first.click()
    assert opened.locator('#title').inner_text().endswith('on Recording0.VISp-pls (twin)')
    assert 'predictions of a fitted network' in opened.locator('#facts').inner_text()
    assert 'not of measured neurons' in opened.locator('#about').inner_text()
    opened.locator('td[data-benchmark="Recording1.VISp-pls"]').first.click()
    assert opened.locator('#title').inner_text().endswith('on Recording1.VISp-pls')
