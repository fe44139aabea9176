"""What recordings are published, and what of them is here."""
from brainscore_plugin.data.mouse_recordings.layout import packaged
from brainscore_plugin.recordings.catalogue import NAMES, default_cache, published
from brainscore_plugin.recordings.published_recording import PublishedRecording


def overview() -> str:
    """A paragraph on each recording: names, sizes, licence, citation, and whether it is fetched and packaged."""
    return '\n\n'.join(_paragraph(published(name)) for name in NAMES)


def _paragraph(recording: PublishedRecording) -> str:
    cache = default_cache(recording.identifier)
    here = [name for name in recording.identifiers if packaged(name).sidecar.is_file()]
    return '\n  '.join([
        f'{recording.name} ({recording.identifier}): {recording.title}',
        f'size      {_count(recording)}, about {recording.download_size} to download, '
        f'{_packaged(recording.packaged_bytes)} packaged',
        f'licence   {recording.licence}',
        f'citation  {recording.citation}',
        f'homepage  {recording.homepage}',
        f"fetched   {f'into {cache}' if cache.is_dir() else 'no'}",
        f"packaged  {', '.join(here) or 'no'}",
        *(f'{identifier} is part of brainscore-mouse: nothing to fetch' for identifier in recording.embedded),
    ])


def _count(recording: PublishedRecording) -> str:
    return f"{recording.n_sessions} session{'s' if recording.n_sessions > 1 else ''}"


def _packaged(n_bytes: int) -> str:
    return f'{n_bytes / 1e9:.1f} GB' if n_bytes >= 1e8 else f'{n_bytes / 1e6:.0f} MB'
