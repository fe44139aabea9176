"""How natural the images are that models were trained on, as the study measures it."""
from collections.abc import Iterable

ESTIMATOR = 'log_log'  # of those of the study, the one that its figures compare with predictivity


def training_naturalness(models: Iterable[str]) -> dict[str, float]:
    """Naturalness of the prepared domain that each model is named after.

    Parameters
    ----------
    models : iterable of str
        Identifiers, such as ``alexnet64_simclr_real``.

    Returns
    -------
    dict of str to float
        Model -> -log|p - 2| of the mean exponent p of the same images as in
        :func:`study.naturalness.describe_domains`; models of which no domain is prepared are left out.
    """
    from study.naturalness import describe_domains
    from training.domains import open_domain, prepared_domains
    prepared = set(prepared_domains())
    domains = {model: model.rpartition('simclr_')[2] for model in models}
    images = {domain: open_domain(domain).images for domain in set(domains.values()) & prepared}
    table = describe_domains(images)
    measured = table[table.estimator == ESTIMATOR].set_index('domain').naturalness
    return {model: float(measured[domain]) for model, domain in domains.items() if domain in measured}
