"""How natural the images are that models were trained on, as the study measures it."""
from collections.abc import Iterable

import numpy as np


def training_naturalness(models: Iterable[str]) -> dict[str, float]:
    """Naturalness of the prepared domain that each model is named after.

    Parameters
    ----------
    models : iterable of str
        Identifiers, such as ``alexnet64_simclr_real``.

    Returns
    -------
    dict of str to float
        Model -> :func:`study.naturalness.domain_naturalness`; models of which no domain is prepared, or whose images
        have no exponent, are left out.
    """
    from study.naturalness import domain_naturalness
    from training.domains import open_domain, prepared_domains
    domains = {model: model.rpartition('simclr_')[2] for model in models}
    measured = {domain: domain_naturalness(open_domain(domain).images)
                for domain in set(domains.values()) & set(prepared_domains())}
    return {model: measured[domain] for model, domain in domains.items() if np.isfinite(measured.get(domain, np.nan))}
