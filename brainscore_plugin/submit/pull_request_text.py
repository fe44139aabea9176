"""The text of the pull request."""
from importlib.metadata import version

from brainscore_plugin.link import PLUGIN_TYPES, Plugin

from .uploads import BUCKET, Versions, local_files, uploadable, withheld

TITLE = 'feat(benchmarks): mouse visual cortex, with data, metrics and models'  # Brain-Score asks for type(scope): …

_TEXT = """# {title}

The line above is the title of the pull request, the rest its text.

## What

{counts}

{plugins}

## Why

Brain-Score {brainscore} has no rodent recordings. Mouse visual cortex is recorded at a scale that macaque cortex is
not, in six areas, and how well networks explain it depends on what images they were trained on (Prasad, Manor & Pereira
2022). `SimulatedMouse`, whose truth is known, shows what each metric measures, and runs without any download.

## What reviewers must know

- **A new species.** `species: mouse` is new in the metadata, and so are the datatype `calcium` and the parents VISp,
  VISl, VISal, VISam, VISpm and VISrl (areas of the Allen Mouse Common Coordinate Framework). Brain-Score stores a
  benchmark without its parent until somebody creates these rows.
- **Where recordings come from.**
  - `SimulatedMouse` is simulated in place on first use (10 MB in the data home, named by a digest of everything it
    follows from), and so is `TwinMouse` (20 MB), from the weights of a published network (0.3 MB, MIT licence): it
    predicts neurons, and is no recording of them.
{uploads}
- **Field of view.** Images fill a model's field of view, whatever visual degrees it declares: the benchmarks' common
  class, `benchmarks/mouse_predictivity`, explains why.
- **Models of primate vision** that map no mouse area are asked for V1; the score's attribute `region` says so.
- **New metrics.** `noise_corrected_pls` and `noise_corrected_ridge` correct an animal's neurons for their noise.
  `…-pls_pooled` is a published measure that chance satisfies, for comparison only.
- **Weights** are in `models/*/weights`, {weights:.0f} MB; they can be moved to the storage if that is too much here.
- `mouse_recordings`, `mouse_metrics` and `mouse_predictivity` register nothing: other plugins import them.

## Files to upload

{files}

## How it was checked

By brainscore-mouse {version} in a fresh copy of brainscore-vision {brainscore}, in processes that cannot import
brainscore-mouse:

```
{lines}
```
"""


def pull_request_text(plugins: list[Plugin], versions: Versions, lines: list[str]) -> str:
    """Markdown to paste; `plugins` are submitted, `versions` uploaded, and `lines` the verdicts of the checks."""
    counts = ', '.join(f'{sum(plugin.type == type_ for plugin in plugins)} {type_}' for type_ in PLUGIN_TYPES)
    rows = [f"| {plugin.type}/{plugin.name} | {', '.join(f'`{name}`' for name in plugin.identifiers) or '–'} |"
            for plugin in plugins]
    weights = sum(path.stat().st_size for plugin in plugins for path in plugin.directory.glob('weights/*'))
    return _TEXT.format(
        title=TITLE, counts=f'{counts} (folders of plugins).',
        plugins='\n'.join(['| plugin | identifiers |', '|---|---|', *rows]),
        uploads=_uploads(versions), files=_files(versions), weights=weights / 1e6, version=version('brainscore-mouse'),
        brainscore=version('brainscore-vision'), lines='\n'.join(lines))


def _uploads(versions: Versions) -> str:
    missing = [f'`{identifier}`' for identifier in uploadable() if identifier not in versions]
    sentences = []
    if versions:
        names = ', '.join(f'`{name}`' for name in versions)
        sentences.append(f"  - {names} load from Brain-Score's storage by version and SHA-1.")
    if missing:
        sentences.append(f"  - {', '.join(missing)} are not uploaded yet and load from the data home; their benchmarks "
                         'cannot be scored elsewhere before.')
    sentences += [f'  - `{name}` must not be put on public storage: {reason}. It loads from the data home of whoever '
                  'has a copy, and fails with one line elsewhere.' for name, reason in withheld().items()]
    return '\n'.join(sentences)


def _files(versions: Versions) -> str:
    rows = []
    for identifier in uploadable():
        if identifier in versions:
            continue
        files, folder = local_files(identifier).values(), f"{BUCKET}/{identifier.split('.')[0]}"
        rows += [f'| `{identifier}` | `{folder}/{name}` | {sha1} |' for _, name, sha1 in files]
        if not files:
            rows.append(f'| `{identifier}` | not packaged where this was written | |')
    if not rows:
        return 'None: everything that may be is uploaded.'
    return '\n'.join(['| recording | file | SHA-1 |', '|---|---|---|', *rows])
