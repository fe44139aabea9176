"""What a value is worth: untrained networks, pixels, random features, and each truth where it is known."""
import numpy as np
import pandas as pd

from study.domain_and_seed import domains_against_seeds
from study.findings import Findings, Plot, Table
from study.models import BASELINE, FIRST_LAYER, TRAINED, UNTRAINED
from study.predictivity import KEYS
from study.provenance import rests_on
from study.recordings import marked
from study.study_data import StudyData

TITLE = 'Controls'


def tabulate(study: StudyData) -> Findings:
    """Models and controls side by side, and differences between domains beside those between seeds."""
    _, scores = study.scored
    gains, missing = study.gains
    compared = scores[(scores.group == BASELINE) | (scores.layer == FIRST_LAYER)]
    rows = pd.concat([compared, gains[gains.layer == FIRST_LAYER]])
    animals = study.animals
    animals = animals[(animals.layer == FIRST_LAYER) & animals.domain.notna()]
    against = domains_against_seeds(animals.rename(columns={'group': 'of'}), study.seed)
    mark = rests_on(study, 'models', 'recordings')
    return Findings([
        Table('controls', 'Models and controls, conv1 or their only layer', _side_by_side(rows), mark,
              _side_by_side(rows.assign(value=[_with_error(row.value, row.error) for row in rows.itertuples()]))),
        Table('untrained_seeds', 'Differences between training domains beside those between seeds',
              _spread(compared), mark),
        Table('domains_against_seeds', 'Variance between domains, seeds and animals', against, mark)], {}, missing)


def plot(study: StudyData, findings: Findings) -> list[Plot]:
    """No figure."""
    return []


def _side_by_side(rows: pd.DataFrame) -> pd.DataFrame:
    wide = rows.pivot_table(index='label', columns=KEYS, values='value', sort=False, aggfunc='first')
    wide.columns = [f'{marked(recording)} {area} {metric}' for recording, area, metric in wide.columns]
    return wide.reset_index()


def _with_error(value: float, error: float) -> str:
    """Differences from a start have no error, see :func:`~study.starts.minus_start`."""
    return f'{value:.3f} ± {error:.3f}' if np.isfinite(error) else f'{value:.3f}'


def _spread(compared: pd.DataFrame) -> pd.DataFrame:
    untrained = compared[compared.group == UNTRAINED].groupby(KEYS, sort=False).value
    trained = compared[compared.group == TRAINED].groupby(KEYS, sort=False).value
    of_trained = trained.agg(lowest_trained='min', highest_trained='max', sd_trained='std').reset_index()
    return untrained.agg(['mean', 'std', 'count']).reset_index().merge(of_trained, how='left')
