"""The paper's Table 1 beside our numbers."""
import pandas as pd

from study.findings import Findings, Plot, Table
from study.models import FIRST_LAYER
from study.naturalness import ESTIMATORS
from study.plotting import ESTIMATOR_NAMES
from study.provenance import rests_on
from study.published_numbers import published_numbers
from study.recordings import METRICS, RECORDINGS
from study.study_data import StudyData

TITLE = 'Table 1'


def tabulate(study: StudyData) -> Findings:
    """Naturalness, and predictivity of conv1 on each recording, as printed and ours; the other printed numbers."""
    published = published_numbers()
    table = published[published.quantity == 'naturalness'][['domain', 'value']].rename(
        columns={'value': 'naturalness, paper'})
    for estimator in ESTIMATORS:
        ours = study.naturalness[study.naturalness.estimator == estimator].set_index('domain').naturalness
        table[f'naturalness, ours ({ESTIMATOR_NAMES[estimator]})'] = table.domain.map(ours)
    for name in RECORDINGS:
        of_paper = published[published.quantity == f'predictivity {name}']
        if len(of_paper):
            table[f'{name}, paper'] = table.domain.map(of_paper.set_index('domain').value)
    for column, ours in _our_predictivity(study.scores).items():
        table[column] = table.domain.map(ours)
    p = published[published.quantity.str.startswith(('Mann', 'decoding'))][['source', 'quantity', 'value']]
    mark = rests_on(study, 'images', 'models', 'recordings')
    return Findings([Table('table_1', 'Table 1', table, mark and f'columns marked ‘ours’ rest on {mark}'),
                     Table('paper_p', 'What else the paper prints', p.rename(columns={'value': 'p'}), '')])


def plot(study: StudyData, findings: Findings) -> list[Plot]:
    """No figure."""
    return []


def _our_predictivity(scores: pd.DataFrame) -> dict[str, pd.Series]:
    """Column -> domain -> mean over areas of conv1's predictivity."""
    if not len(scores):
        return {}
    first = scores[scores.layer == FIRST_LAYER]
    return {f'{recording}, ours ({METRICS.get(metric, metric)})': rows.groupby('label').value.mean()
            for (recording, metric), rows in first.groupby(['recording', 'metric'], sort=False)}
