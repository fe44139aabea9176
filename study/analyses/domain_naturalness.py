"""How natural the training domains are (Fig. 4 left)."""
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from study.findings import Findings, Plot, Table
from study.naturalness import NATURAL_EXPONENT, SAMPLE_IMAGES, mean_spectra
from study.plotting import ESTIMATOR_NAMES, new_figure
from study.provenance import rests_on
from study.published_numbers import PAPER
from study.study_data import StudyData

TITLE = 'Naturalness'
FEW_IMAGES = 100  # below this the report says that a domain's exponent is uncertain


def tabulate(study: StudyData) -> Findings:
    """Exponents and naturalness of every domain by each estimator, and mean spectra."""
    images = {name: domain.images for name, domain in study.domains.items()}
    spectra = study.finished.table('spectra', lambda: mean_spectra(images, SAMPLE_IMAGES, study.seed), SAMPLE_IMAGES,
                                   study.seed, *study.fingerprints)
    return Findings([Table('naturalness', 'Exponents', study.naturalness, rests_on(study, 'images'))],
                    {'spectra': spectra, 'n_images': SAMPLE_IMAGES}, _uncertain(study.naturalness))


def plot(study: StudyData, findings: Findings) -> list[Plot]:
    """Spectra, exponents and naturalness."""
    return [Plot('naturalness', 'Spectra, exponents and naturalness (Fig. 4 left)',
                 plot_exponents(study.naturalness, findings.facts['spectra'], study.colours),
                 rests_on(study, 'images'))]


def plot_exponents(naturalness: pd.DataFrame, spectra: pd.DataFrame, colours: dict[str, tuple]) -> Figure:
    """Spectra, exponents and naturalness of the domains.

    Parameters
    ----------
    naturalness : pandas.DataFrame
        As of :func:`~study.naturalness.describe_domains`; rows of estimator 'paper' hold the published numbers.
    spectra : pandas.DataFrame
        As of :func:`~study.naturalness.mean_spectra`.
    colours : dict of str to tuple
        Domain -> colour, in the order to be shown.
    """
    figure = new_figure(13, 4.2)
    left, middle, right = figure.subplots(1, 3, width_ratios=[1.1, 1, 1])
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
    right.set(xlabel='−log |p − 2| (95 % interval)', title='naturalness')
    middle.legend(frameon=False, fontsize=7, loc='center right')
    for axis in (middle, right):
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
