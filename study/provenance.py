"""What the study rests on: stand-in images, models trained on them, simulated recordings; seeds and versions."""
from importlib.metadata import version

from brainscore_plugin.own_start import model_card
from brainscore_plugin.recordings.kinds import SIMULATED, TWIN
from study.models import TRAINED
from study.study_data import StudyData

LIBRARIES = ('numpy', 'scipy', 'scikit-learn', 'pandas', 'torch', 'brainscore-vision')


def rests_on(study: StudyData, *kinds: str) -> str:
    """What of 'images', 'models' and 'recordings' keeps a result from being a replication; empty if nothing does."""
    stand_ins = {'images': 'stand-in images' if stand_in_domains(study) else '',
                 'models': 'models trained on stand-in images, or for less than the paper' if stand_in_models(study)
                 else '',
                 'recordings': '; '.join(_not_measured(study))}
    return '; '.join(stand_ins[kind] for kind in kinds if stand_ins[kind])


def _not_measured(study: StudyData) -> list[str]:
    """Kinds of recordings that are not of mice, with their names."""
    named = {kind: ', '.join(recording.identifier for recording in study.recordings if recording.kind == kind)
             for kind in (TWIN, SIMULATED)}
    words = {TWIN: 'neurons predicted by fitted networks', SIMULATED: 'simulated recordings'}
    return [f'{words[kind]} ({names})' for kind, names in named.items() if names]


def stand_in_domains(study: StudyData) -> list[str]:
    """Domains whose images are not, or not all of, the official archives."""
    return [name for name, domain in study.domains.items() if not domain.metadata.get('official')]


def stand_in_models(study: StudyData) -> list[str]:
    """Trained models whose cards do not say that they were trained on official images."""
    cards = {model: model_card(model.identifier) for model in study.networks if model.group == TRAINED}
    return [model.identifier for model, card in cards.items() if not (card and card['data'].get('official'))]


def what_it_rests_on(study: StudyData) -> list[str]:
    """Sentences for the head of the report: what is simulated, and what stands in for what."""
    sentences = []
    if stand_in_domains(study):
        sentences.append('The images of these domains are not, or not all of, the official archives: '
                         f"{', '.join(stand_in_domains(study))}.")
    described: dict[str, list[str]] = {}  # seeds share their sentence
    for identifier in stand_in_models(study):
        card = model_card(identifier)
        images = card['data'].get('description', '') if card else 'nothing is known of its training images'
        described.setdefault(images, []).append(identifier)
    sentences += [f"{', '.join(identifiers)}: {images}" for images, identifiers in described.items()]
    of_kind = {TWIN: 'the responses are predictions of networks that were fitted to mouse neurons, not recordings',
               SIMULATED: 'the neurons are simulated by a known model, not recorded from a mouse'}
    return sentences + [f'{recording.identifier}: {of_kind[recording.kind]}.' for recording in study.recordings
                        if recording.kind in of_kind]


def trained_on_other_images(study: StudyData) -> list[str]:
    """A sentence for each model whose prepared domain does not hold the images that its card says it was trained on."""
    sentences = []
    for model in study.networks:
        card = model_card(model.identifier) if model.domain in study.domains else None
        if card and card['data'].get('fingerprint') not in (None, study.domains[model.domain].fingerprint):
            sentences.append(f"'{model.identifier}' was trained on other images than those of the prepared domain "
                             f"'{model.domain}', whose naturalness is shown.")
    return sentences


def made_with(study: StudyData, seconds: dict[str, float]) -> dict[str, str]:
    """Seed, recordings, models, domains, versions and times.

    Parameters
    ----------
    study : StudyData
    seconds : dict of str to float
        Step of the study -> how long it took.
    """
    return {'seed': str(study.seed), 'recordings': ', '.join(
                f'{recording.name} ({recording.kind})' for recording in study.recordings),
            'models': ', '.join(f'{model.identifier} ({model.label})' for model in study.networks),
            'domains': ', '.join(f'{name} ({len(domain):,} images, fingerprint {domain.fingerprint[:12]})'
                                 for name, domain in study.domains.items()),
            'libraries': ', '.join(f'{name} {version(name)}' for name in LIBRARIES),
            'seconds, less what was finished before': ', '.join(f'{step} {spent:.0f}' for step, spent in
                                                                seconds.items())}
