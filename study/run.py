"""The study from images, models and recordings to a report; no analysis keeps another from running."""
import time
from importlib.metadata import version
from pathlib import Path

from tqdm import tqdm

from study.analyses import ANALYSES
from study.context import Study
from study.models import TRAINED, choose_models, model_card
from study.recordings import FALLBACK, choose_recordings
from study.report import Report, save
from training.home import project_home

EXPECTED = (OSError, ValueError, LookupError, RuntimeError, ImportError)


def run_study(out: Path, recordings: list = (FALLBACK,), domains: Path | None = None, models: list | None = None,
              seed: int = 0) -> Path:
    """Run every analysis and write the report.

    Parameters
    ----------
    out : pathlib.Path
        Folder of the results: report.html and report.md, figures/, tables/, sweep/ (finished cells) and steps/
        (finished tables). A study that was stopped goes on where it was.
    recordings : list of str
        Of 'simulated', 'allen-calcium', 'allen-neuropixels' and 'sensorium2022'.
    domains : pathlib.Path, optional
        Folder of prepared domains; by default where `brainscore-mouse domains prepare` puts them.
    models : list of str, optional
        As of :func:`~study.models.choose_models`.
    seed : int
        Of all draws.

    Returns
    -------
    pathlib.Path
        The report in HTML. What is missing is said there; the analyses that do not need it are done.

    Raises
    ------
    ValueError
        If recordings or models are unknown.
    FileNotFoundError
        If `domains` is given and not there.
    """
    if domains is not None and not Path(domains).is_dir():
        raise FileNotFoundError(f'{domains} is no folder: give the one that holds prepared domains, a folder each.')
    study = Study(Path(out).resolve(), choose_recordings(list(recordings)), choose_models(models),
                  Path(domains or project_home() / 'domains').resolve(), seed)
    study.out.mkdir(parents=True, exist_ok=True)
    started, seconds, sections = time.perf_counter(), {}, []
    bar = tqdm(ANALYSES.items(), desc='study', unit='analysis')
    for title, analysis in bar:
        bar.set_postfix_str(title)
        begun = time.perf_counter()
        try:
            sections.append(analysis(study))
        except EXPECTED as error:
            study.missing.append(f"'{title}' could not be done: {error.args[0] if error.args else error}.")
        seconds[title] = time.perf_counter() - begun
    report = Report(_rests_on(study), list(dict.fromkeys(study.missing)), _made_with(study, seconds), sections)
    path = save(report, study.out)
    tqdm.write(f'study: {len(sections)} of {len(ANALYSES)} analyses in {time.perf_counter() - started:.0f} s')
    return path


def _rests_on(study: Study) -> list:
    sentences = []
    if study.stand_in_domains:
        sentences.append('The images of these domains are not, or not all of, the official archives: '
                         f"{', '.join(study.stand_in_domains)}.")
    for model in study.networks:
        card = model_card(model.identifier) if model.group == TRAINED else None
        if model.identifier in study.stand_in_models:
            said = card['data'].get('description', '') if card else 'nothing is known of its training images'
            sentences.append(f'{model.identifier}: {said}')
        if card and model.label in study.domains and card['data'].get('fingerprint') not in (
                None, study.domains[model.label].fingerprint):
            study.missing.append(f"'{model.identifier}' was trained on other images than those of the prepared domain "
                                 f"'{model.label}', whose naturalness is shown.")
    simulated = [recording.prefix for recording in study.recordings if recording.simulated]
    if simulated:
        sentences.append(f"{', '.join(simulated)}: the neurons are simulated; what they answer to is known, and no "
                         'mouse.')
    return sentences


def _made_with(study: Study, seconds: dict) -> dict:
    libraries = ('numpy', 'scipy', 'scikit-learn', 'pandas', 'torch', 'brainscore-vision')
    return {'seed': study.seed, 'recordings': ', '.join(recording.name for recording in study.recordings),
            'models': ', '.join(f'{model.identifier} ({model.label})' for model in study.networks),
            'domains': ', '.join(f'{name} ({len(domain):,} images, fingerprint {domain.fingerprint[:12]})'
                                 for name, domain in study.domains.items()),
            'libraries': ', '.join(f'{name} {version(name)}' for name in libraries),
            'seconds, less what was finished before': ', '.join(f'{title} {spent:.0f}' for title, spent in
                                                                seconds.items())}

