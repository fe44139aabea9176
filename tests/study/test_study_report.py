"""The report in both formats: what is put into it is escaped where it must be, and each analysis has a section."""
import pandas as pd
import pytest
from jinja2 import UndefinedError

from study.analyses import ANALYSES
from study.findings import Findings, Section, Table
from study.report import Report, environment, write_report


def written(tmp_path, missing):
    table = Table('controls', 'Models <and> controls', pd.DataFrame({'label': ['a < b'], 'value': [.5]}), '')
    seeds = Table('untrained_seeds', 'Seeds', pd.DataFrame({'mean': [.1]}), '')
    variances = Table('domains_against_seeds', 'Variances', pd.DataFrame({'sd': [.1]}), '')
    write_report(Report(['It rests on sand.'], missing, {'seed': '0'}, [
        Section('control_models', Findings([table, seeds, variances]), [])]), tmp_path)
    return (tmp_path / 'report.html').read_text(), (tmp_path / 'report.md').read_text()


def test_html_is_escaped_and_markdown_is_not(tmp_path):
    html, markdown = written(tmp_path, ["The model '<x>' is missing"])
    assert 'Models &lt;and&gt; controls' in html
    assert '<td>a &lt; b</td>' in html
    assert 'The model &#39;&lt;x&gt;&#39; is missing' in html
    assert "- The model '<x>' is missing" in markdown
    assert '**Models <and> controls.**' in markdown


def test_the_words_stand_in_both(tmp_path):
    for text in written(tmp_path, []):
        assert 'untrained networks differ in their seeds alone' in text
        assert 'Missing or uncertain' not in text
        assert 'It rests on sand.' in text


def test_a_template_that_names_what_there_is_not_is_an_error(tmp_path):
    with pytest.raises(UndefinedError):
        write_report(Report([], [], {}, [Section('control_models', Findings([]), [])]), tmp_path)
    assert not (tmp_path / 'report.html').exists()


@pytest.mark.parametrize('analysis', ANALYSES, ids=lambda analysis: analysis.__name__)
def test_each_analysis_has_a_section(analysis):
    environment(is_html=True).get_template(f"sections/{analysis.__name__.rpartition('.')[2]}.jinja")
    assert analysis.TITLE
