"""How natural the training domains are (Fig. 4 left)."""
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.findings import Findings, Plot, Table
from study.natural_scenes import PHOTOGRAPHS
from study.naturalness import NATURAL_EXPONENT, SAMPLE_IMAGES, SCENES, mean_spectra
from study.plotting import ESTIMATOR_NAMES, new_figure
from study.provenance import rests_on
from study.published_numbers import PAPER
from study.study_data import StudyData
from study.training_domains import domain_names

TITLE = 'Naturalness'
FEW_IMAGES = 100  # below this the report says that a domain's exponent is uncertain


def tabulate(study: StudyData) -> Findings:
    """Distance of every domain from natural scenes; its exponents, and naturalness by each estimator; mean spectra."""
    images = {name: domain.images for name, domain in study.domains.items()}
    spectra = study.finished.table('spectra', lambda: mean_spectra(images, SAMPLE_IMAGES, study.seed), SAMPLE_IMAGES,
                                   study.seed, *study.fingerprints)
    r2 = study.naturalness[study.naturalness.estimator == 'log_log'].set_index('domain').r2_median
    distances = study.scene_distance.assign(power_law_r2=study.scene_distance.domain.map(r2))
    mark = rests_on(study, 'images')
    return Findings([Table('scene_distance', 'Distance from natural scenes', distances, mark),
                     Table('naturalness', 'Naturalness by every measure', study.naturalness, mark)],
                    {'spectra': spectra, 'n_images': SAMPLE_IMAGES, 'n_photographs': len(PHOTOGRAPHS)},
                    _uncertain(study.naturalness))


def plot(study: StudyData, findings: Findings) -> list[Plot]:
    """Spectra, exponents and naturalness."""
    colours = {name: study.colours[name] for name in domain_names(study.models)}
    return [Plot('naturalness', 'Distance from natural scenes, spectra, exponents and −log|p − 2| (Fig. 4 left)',
                 plot_exponents(study.naturalness, findings.facts['spectra'], colours), rests_on(study, 'images'))]


def plot_exponents(naturalness: pd.DataFrame, spectra: pd.DataFrame, colours: dict[str, tuple]) -> Figure:
    """Distance from natural scenes, spectra, exponents and the paper's naturalness of the domains.

    Parameters
    ----------
    naturalness : pandas.DataFrame
        As of :func:`~study.naturalness.describe_domains`; rows of estimator 'paper' hold the published numbers, those
        of 'scenes' minus the distance from natural scenes.
    spectra : pandas.DataFrame
        As of :func:`~study.naturalness.mean_spectra`.
    colours : dict of str to tuple
        Domain -> colour, in the order to be shown.
    """
    figure = new_figure(16, 4.2)
    own, left, middle, right = figure.subplots(1, 4, width_ratios=[1, 1.1, 1, 1])
    for domain, spectrum in spectra.groupby('domain', sort=False):
        left.loglog(spectrum.frequency, spectrum.power, color=colours[domain], label=domain)
    if len(spectra):
        frequencies = np.array([4, 16])
        left.loglog(frequencies, .02 * (4 / frequencies) ** 2., ':k', label='1/f²')
    left.set(xlabel='cycles an image', ylabel='share of power', title='mean spectra')
    left.legend(frameon=False, fontsize=7, ncols=2)
    rows = {domain: row for row, domain in enumerate(reversed(list(colours)))}
    _draw_estimates(middle, right, naturalness, rows)
    middle.axvline(NATURAL_EXPONENT, color='.7', zorder=0)
    middle.set(xlabel='exponent p (mean ± sd over images)', title='1/f^p')
    right.set(xlabel='−log |p − 2| (95 % interval)', title='naturalness as published')
    scenes = naturalness[naturalness.estimator == SCENES].dropna(subset=['naturalness'])
    span = np.abs(scenes[['low', 'high']].to_numpy(dtype=float).T - scenes.naturalness.to_numpy(dtype=float))[::-1]
    own.errorbar(-scenes.naturalness, scenes.domain.map(rows), xerr=np.nan_to_num(span), fmt='o', color='black')
    own.set(xlabel='distance in 36 features (95 % interval)', title='from natural scenes', xlim=(0, None))
    middle.legend(frameon=False, fontsize=7, loc='center right')
    for axis in (own, middle, right):
        axis.set_yticks(list(rows.values()), list(rows))
        axis.set_ylim(-.6, len(rows) - .4)
    return figure


def _draw_estimates(of_exponent: Axes, of_naturalness: Axes, naturalness: pd.DataFrame, rows: dict[str, int]) -> None:
    marks = {'log_log': ('o', -.15), 'published': ('s', .05), PAPER: ('x', .25)}
    for estimator, (mark, shift) in marks.items():
        measured = naturalness[naturalness.estimator == estimator].dropna(subset=['naturalness'])
        y = measured.domain.map(rows) + shift
        style = {'color': 'black', 'linestyle': 'none', 'marker': mark, 'markersize': 5, 'elinewidth': 1,
                 'markerfacecolor': 'white' if estimator == 'published' else 'black'}
        known = measured.p_mean.notna()
        of_exponent.errorbar(measured.p_mean[known], y[known], xerr=measured.p_sd[known],
                             label=ESTIMATOR_NAMES[estimator], **style)
        span = np.abs(measured[['low', 'high']].to_numpy(dtype=float).T - measured.naturalness.to_numpy(dtype=float))
        of_naturalness.errorbar(measured.naturalness, y, xerr=np.nan_to_num(span), **style)


def _uncertain(naturalness: pd.DataFrame) -> list[str]:
    sentences = []
    for row in naturalness[naturalness.estimator == 'log_log'].itertuples():
        if row.n_images < FEW_IMAGES:
            sentences.append(f"The domain '{row.domain}' has {row.n_images:.0f} images only, of {SAMPLE_IMAGES:,} "
                             'wanted: its exponent is uncertain.')
        if row.n_undefined:
            sentences.append(f"{row.n_undefined:.0f} of {row.n_images:.0f} images of the domain '{row.domain}' are "
                             'constant and have no exponent.')
    return sentences
