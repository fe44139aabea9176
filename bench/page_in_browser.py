"""How fast the leaderboard's page is there: python bench/page_in_browser.py [--models N]

A headless Chromium opens a page of made-up results, 200 models x 30 benchmarks x 20 layers by default. Times are those
of the page's thread: what it worked (processor time, which other processes do not lengthen) until the page was ready,
and for a click on a heading and on a score; 'on the clock' is the wall time until the table and all of it was there.
"""
import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / 'tests'), str(ROOT)]
PARTS = {'TaskDuration': 'all', 'ScriptDuration': 'script', 'LayoutDuration': 'layout',
         'RecalcStyleDuration': 'style'}


def main() -> None:
    from leaderboard_page.test_page import many
    from playwright.sync_api import sync_playwright

    from brainscore_plugin.leaderboard_page.page import page
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--models', type=int, default=200)
    parser.add_argument('--tiny', action='store_true', help='few models: to see that the script runs')
    chosen = parser.parse_args()
    browser = next(filter(None, map(shutil.which, ('chromium-headless-shell', 'chromium', 'google-chrome'))), None)
    if browser is None:
        parser.error('no Chromium is installed: apt install chromium')
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / 'page.html'
        file.write_text(page(many(3 if chosen.tiny else chosen.models)), encoding='utf-8')
        chromium = playwright.chromium.launch(executable_path=browser, args=['--no-sandbox'])
        tab = chromium.new_page(viewport={'width': 1440, 'height': 900})
        session = tab.context.new_cdp_session(tab)
        session.send('Performance.enable', {'timeDomain': 'threadTicks'})
        tab.goto(file.as_uri())
        tab.wait_for_selector('body[data-ready]')
        print(f'{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}; '
              f'{file.stat().st_size / 1e6:.1f} MB; on the clock '
              f'{tab.evaluate("document.body.dataset.shown")} ms until the table is seen, '
              f'{tab.evaluate("document.body.dataset.ready")} ms until all is ready')
        print(f'{"ms of work":24} ' + ' '.join(f'{part:>8}' for part in PARTS.values()))
        before = {name: 0. for name in PARTS}
        before = report('until the page is ready', session, before)
        tab.locator('thead button').nth(5).click()
        before = report('click on a heading', session, before)
        tab.locator('td[data-model]').nth(3).click()
        report('click on a score', session, before)
        chromium.close()


def report(what: str, session, before: dict[str, float]) -> dict[str, float]:
    """Print what has been worked since, and return what has been worked in all."""
    drawn = 'new Promise(done => requestAnimationFrame(() => setTimeout(done)))'
    session.send('Runtime.evaluate', {'expression': drawn, 'awaitPromise': True})
    metrics = {metric['name']: metric['value'] for metric in session.send('Performance.getMetrics')['metrics']}
    print(f'{what:24} ' + ' '.join(f'{1000 * (metrics[name] - before[name]):8.0f}' for name in PARTS))
    return metrics


if __name__ == '__main__':
    main()
