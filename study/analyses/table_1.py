"""The paper's Table 1 beside our numbers."""
import pandas as pd

from study.findings import Findings, Plot, Table
from study.models import FIRST_LAYER
from study.naturalness import ESTIMATORS, SCENES
from study.plotting import ESTIMATOR_NAMES
from study.provenance import rests_on
from study.published_numbers import published_numbers
from study.recordings import METRICS, RECORDINGS, marked
from study.study_data import StudyData

TITLE = 'Table 1'


def tabulate(study: StudyData) -> Findings:
    """Naturalness, and predictivity of conv1 on each recording, as printed and ours; the other printed numbers."""
    published = published_numbers()
    table = published[published.quantity == 'naturalness'][['domain', 'value']].rename(
        columns={'value': 'naturalness, paper'})
    for estimator in (SCENES, *ESTIMATORS):
        ours = study.naturalness[study.naturalness.estimator == estimator].set_index('domain').naturalness
        table[f'naturalness, ours ({ESTIMATOR_NAMES[estimator]})'] = table.domain.map(ours)
    for name in RECORDINGS:
        of_paper = published[published.quantity == f'predictivity {name}']
        if len(of_paper):
            table[f'{name}, paper'] = table.domain.map(of_paper.set_index('domain').value)
    for column, ours in _our_predictivity(study).items():
        table[column] = table.domain.map(ours)
    p = published[published.quantity.str.startswith(('Mann', 'decoding'))][['source', 'quantity', 'value']]
    mark = rests_on(study, 'images', 'models', 'recordings')
    return Findings([Table('table_1', 'Table 1', table, mark and f'columns marked ‘ours’ rest on {mark}'),
                     Table('paper_p', 'What else the paper prints', p.rename(columns={'value': 'p'}), '')])


def plot(study: StudyData, findings: Findings) -> list[Plot]:
    """No figure."""
    return []


def _our_predictivity(study: StudyData) -> dict[str, pd.Series]:
    """Column -> domain -> mean over areas and seeds of conv1's predictivity, and of that less each network's start."""
    if not len(study.scores):
        return {}
    columns = {}
    for what, table in (('', study.scores), (', minus own start', study.gains[0])):
        first = table[(table.layer == FIRST_LAYER) & table.domain.notna()]
        columns |= {f'{marked(recording)}, ours ({METRICS.get(metric, metric)}){what}': rows.groupby(
            'domain').value.mean() for (recording, metric), rows in first.groupby(['recording', 'metric'], sort=False)}
    return columns
