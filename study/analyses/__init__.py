"""The analyses, in the order of the report.

Each is a module with TITLE, by which it is named while it runs; `tabulate(study)`, which returns its tidy tables as
:class:`~study.findings.Findings`; and `plot(study, findings)`, which returns figures of these. What its section of the
report says, and in what order, is in templates/sections/<module>.jinja.
"""
from study.analyses import (
    control_models,
    domain_naturalness,
    first_layer_filters,
    naturalness_and_predictivity,
    network_activations,
    neural_predictivity,
    table_1,
)

ANALYSES = (table_1, domain_naturalness, neural_predictivity, naturalness_and_predictivity, control_models,
            first_layer_filters, network_activations)
