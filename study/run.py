"""The study from images, models and recordings to a report: scores → tables → figures → report."""
import time
from pathlib import Path

from tqdm import tqdm

from study.analyses import ANALYSES
from study.findings import Section
from study.finished_tables import FinishedTables
from study.models import StudyModel, choose_models, load_models
from study.provenance import made_with, trained_on_other_images, what_it_rests_on
from study.recordings import Recording, choose_recordings
from study.report import Report, write_report
from study.scores import score_recordings
from study.steps import of_each
from study.study_data import StudyData
from study.training_domains import domain_names, open_domains
from training.home import project_home


def run_study(out: Path, recordings: list[str] | None = None, domains: Path | None = None,
              models: list[str] | None = None, seed: int = 0) -> Path:
    """Run every analysis and write the report.

    Parameters
    ----------
    out : pathlib.Path
        Folder of the results: report.html and report.md, figures/, tables/, sweep/ (results of scoring) and steps/
        (finished tables). A study that was stopped goes on where it was.
    recordings : list of str, optional
        Names of :data:`~study.recordings.RECORDINGS`; by default all that are at hand, real ones first.
    domains : pathlib.Path, optional
        Folder of prepared domains; by default where `brainscore-mouse domains prepare` puts them.
    models : list of str, optional
        As of :func:`~study.models.choose_models`.
    seed : int
        Of everything random.

    Returns
    -------
    pathlib.Path
        The report in HTML. It names what is missing; the analyses that do not need it are done.

    Raises
    ------
    ValueError
        If recordings or models are unknown.
    FileNotFoundError
        If `domains` is given and not there.
    """
    if domains is not None and not Path(domains).is_dir():
        raise FileNotFoundError(f'{domains} is not a folder: give the one that holds prepared domains, a folder each.')
    out, domains = Path(out).resolve(), Path(domains or project_home() / 'domains').resolve()
    chosen_models, chosen_recordings = choose_models(models), choose_recordings(recordings)
    out.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()

    study, missing = score(chosen_models, chosen_recordings, domains, out, seed)
    scored = time.perf_counter() - started
    tables = of_each(ANALYSES, 'tables', lambda analysis: analysis.tabulate(study))
    figures = of_each(tables.done, 'figures', lambda analysis: analysis.plot(study, tables.done[analysis]))

    sections = [Section(analysis.__name__.rpartition('.')[2], tables.done[analysis], plots)
                for analysis, plots in figures.done.items()]
    missing += [sentence for findings in tables.done.values() for sentence in findings.missing]
    missing += [*tables.failed, *figures.failed, *trained_on_other_images(study)]
    report = write_report(Report(what_it_rests_on(study), missing,
                                 made_with(study, {'scores': scored} | tables.seconds), sections), out)
    tqdm.write(f'study: {len(sections)} of {len(ANALYSES)} analyses in {time.perf_counter() - started:.0f} s')
    return report


def score(models: list[StudyModel], recordings: list[Recording], domains: Path, out: Path,
          seed: int) -> tuple[StudyData, list[str]]:
    """Open the domains, load the models and score them on all recordings.

    Parameters
    ----------
    models : list of StudyModel
    recordings : list of Recording
    domains : pathlib.Path
        Folder of prepared domains.
    out : pathlib.Path
        Folder of the study's results.
    seed : int
        Of everything random in the analyses.

    Returns
    -------
    study : StudyData
        What could be had.
    missing : list of str
        Sentences: what could not, and why.
    """
    opened, missing_domains = open_domains(domain_names(models), domains)
    networks, missing_models = load_models(models)
    scored = score_recordings(list(networks), recordings, out / 'sweep')
    study = StudyData(models, recordings, opened, networks, scored.results, scored.scores,
                      FinishedTables(out / 'steps'), seed)
    return study, [*missing_domains, *missing_models, *scored.missing]
