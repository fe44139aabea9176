"""The prepared domains of the study: the paper's eight, and those that other models were trained on."""
from pathlib import Path

from study.models import StudyModel
from training.domains import DOMAINS, PreparedDomain, open_domain


def domain_names(models: list[StudyModel]) -> list[str]:
    """The eight domains in the paper's order, then those that other models were trained on."""
    return list(dict.fromkeys([*DOMAINS, *(model.domain for model in models if model.domain)]))


def open_domains(names: list[str], directory: Path) -> tuple[dict[str, PreparedDomain], list[str]]:
    """Open prepared domains.

    Parameters
    ----------
    names : list of str
    directory : pathlib.Path
        Holds a folder for each.

    Returns
    -------
    domains : dict of str to PreparedDomain
        Those that can be read.
    missing : list of str
        One sentence for each of the others.
    """
    opened, missing = {}, []
    for name in names:
        try:
            opened[name] = open_domain(directory / name)
        except (OSError, ValueError, KeyError) as error:
            missing.append(f"The domain '{name}' is missing: {error}")
    return opened, missing
