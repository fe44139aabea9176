"""The texts of the pull requests, and of what must be uploaded for them."""
from importlib.metadata import version
from pathlib import Path

from brainscore_plugin.link import PLUGIN_TYPES, Plugin

from .storage_files import RECORDING_PARTS, WEIGHTS_PARTS, Files, StorageFile, storage_parts, withheld
from .trees import BENCHMARKS, DATA, MODELS, TREES, Tree
from .versions import Versions

_TEXT = """# {title}

The line above is the title of the pull request, the rest its text.

## What

{what}

{plugins}

{order}

## Why

Brain-Score {brainscore} has no rodent recordings. Mouse visual cortex is recorded at a scale that macaque cortex is
not, in six areas, and how well networks explain it depends on what images they were trained on (Prasad, Manor & Pereira
2022). `SimulatedMouse`, whose truth is known, shows what each metric measures, and runs without any download.

## What reviewers must know

{notes}

## Files in the storage

{files}

## How it was checked

By brainscore-mouse {version} in a fresh copy of brainscore-vision {brainscore}, in processes that cannot import
brainscore-mouse, with nothing of it but this pull request{before}:

```
{lines}
```
"""

_DATA_NOTES = """\
- `SimulatedMouse` is simulated in place on first use (10 MB in the data home, named by a digest of everything it
  follows from), and so is `TwinMouse` (20 MB), from the weights of a published network (0.3 MB, MIT licence, in its
  folder): it predicts neurons, and is no recording of them.
{uploads}
- `mouse_recordings` registers nothing: other plugins import it."""

_MODEL_NOTES = """\
- **Weights** of the trained networks are loaded by `load_weight_file` and compared by SHA-1, which it does not do.
- **Mouse areas.** All models map VISp, VISl, VISal, VISam, VISpm and VISrl, and V1 to IT.
- `gabor_oracle` and `twin_oracle` read what the simulated mice's neurons follow off their data plugins, and are no
  models of the brain. `random_features` is chance."""

_BENCHMARK_NOTES = """\
- **A new species.** `species: mouse` is new in the metadata, and so are the datatype `calcium` and the parents VISp,
  VISl, VISal, VISam, VISpm and VISrl (areas of the Allen Mouse Common Coordinate Framework). Brain-Score stores a
  benchmark without its parent until somebody creates these rows.
- **Field of view.** Images fill a model's field of view, whatever visual degrees it declares: the benchmarks' common
  class, `benchmarks/mouse_predictivity`, explains why.
- **Models of primate vision** that map no mouse area are asked for V1; the score's attribute `region` says so.
- **New metrics.** `noise_corrected_pls` and `noise_corrected_ridge` correct an animal's neurons for their noise.
  `…-pls_pooled` is a published measure that chance satisfies, for comparison only.
- `mouse_metrics` and `mouse_predictivity` register nothing: other plugins import them."""

_UPLOAD = """# Upload

These files go to Brain-Score's storage, not into its repository. Brain-Score's website or its maintainers upload them;
the pull requests name them, too.

{table}

{after}"""

_AFTER = """\
The storage answers with a version id for each. Write them into `versions.json` in the place of `null`, take what was
not uploaded out of it, and write the pull requests again:

```sh
brainscore-mouse submit pull-request --s3-versions versions.json --out DIR
```

Until then `1-data` and `2-models` load the newest version of what is in no tree, and must not be merged before the
files are there.
"""


def pull_request_text(tree: Tree, plugins: list[Plugin], files: Files, stored: Versions, lines: list[str]) -> str:
    """Markdown to paste.

    Parameters
    ----------
    tree : Tree
    plugins : list of Plugin
        What is in it.
    files, stored : dict
        What can be uploaded from here, and what the plugins load from the storage.
    lines : list of str
        The verdicts of its checks.
    """
    counts = [f'{sum(plugin.type == type_ for plugin in plugins)} {type_}' for type_ in PLUGIN_TYPES
              if type_ in tree.types]
    rows = [f"| {plugin.type}/{plugin.name} | {', '.join(f'`{name}`' for name in plugin.identifiers) or '–'} |"
            for plugin in plugins]
    notes = {DATA: _DATA_NOTES.format(uploads=_uploads(stored)), MODELS: _MODEL_NOTES, BENCHMARKS: _BENCHMARK_NOTES}
    before = TREES[:TREES.index(tree)]
    return _TEXT.format(
        title=tree.title, what=f"{', '.join(counts)} (folders of plugins).", order=_order(tree),
        plugins='\n'.join(['| plugin | identifiers |', '|---|---|', *rows]), notes=notes[tree],
        files=_stored_table(tree, files, stored), version=version('brainscore-mouse'),
        brainscore=version('brainscore-vision'), lines='\n'.join(lines),
        before=f" and {' and '.join(f'`{earlier.title}`' for earlier in before)}" if before else '')


def _order(tree: Tree) -> str:
    before, after = TREES[:TREES.index(tree)], TREES[TREES.index(tree) + 1:]
    sentences = [f"Merge it after {' and '.join(f'`{other.title}`' for other in before)}." if before else
                 'It needs no other pull request.']
    if after:
        sentences.append(f"{' and '.join(f'`{other.title}`' for other in after)} "
                         f"{'needs' if len(after) == 1 else 'need'} it.")
    return ' '.join(sentences)


def _uploads(stored: Versions) -> str:
    known = [identifier for identifier, parts in storage_parts().items() if parts == RECORDING_PARTS]
    there = [f'`{identifier}`' for identifier in known if identifier in stored]
    missing = [f'`{identifier}`' for identifier in known if identifier not in stored]
    sentences = []
    if there:
        sentences.append(f"- {', '.join(there)} load from Brain-Score's storage by version and SHA-1.")
    if missing:
        sentences.append(f"- {', '.join(missing)} are not uploaded yet and load from the data home; their benchmarks "
                         'cannot be scored elsewhere before.')
    sentences += [f'- `{name}` must not be put on public storage: {reason}. It loads from the data home of whoever '
                  'has a copy, and fails with one line elsewhere.' for name, reason in withheld().items()]
    return '\n'.join(sentences)


def _stored_table(tree: Tree, files: Files, stored: Versions) -> str:
    kinds = {DATA: RECORDING_PARTS, MODELS: WEIGHTS_PARTS}
    parts = {identifier: found for identifier, found in storage_parts().items() if found == kinds.get(tree)}
    rows = []
    for identifier in parts:
        for part, file in files.get(identifier, {}).items():
            entry = stored.get(identifier, {'bucket': file.bucket})
            found = entry.get(part, {}).get('version_id')
            rows.append(f"| `{identifier}` | `{entry['bucket']}/{file.name}` | {_size(file)} | {file.sha1} | "
                        f"{found or 'to be uploaded'} |")
    if not rows:
        return 'None.'
    return '\n'.join(['| identifier | file | size | SHA-1 | version |', '|---|---|---|---|---|', *rows])


def upload_text(pending: Files, made: Path, out: Path) -> str:
    """Markdown for whoever uploads, with the places on this machine, which pull requests do not tell.

    Parameters
    ----------
    pending : dict
        What is still to be uploaded.
    made : pathlib.Path
        Folder of files that were made for the upload, which moves into `out`.
    out : pathlib.Path
        Folder of the pull requests.
    """
    rows = [f'| `{out / made.name / file.name if file.path.is_relative_to(made) else file.path}` '
            f'| `s3://{file.bucket}/{file.name}` | {_size(file)} | {file.sha1} |'
            for parts in pending.values() for file in parts.values()]
    absent = [f'`{identifier}`' for identifier, parts in storage_parts().items()
              if parts == RECORDING_PARTS and identifier not in pending]
    table = '\n'.join(['| file here | to | size | SHA-1 |', '|---|---|---|---|', *rows])
    if absent:
        table += f"\n\nNot packaged here, or uploaded already: {', '.join(absent)}."
    return _UPLOAD.format(table=table if rows else 'None: all that may be is uploaded.', after=_AFTER if rows else '')


def _size(file: StorageFile) -> str:
    return f'{file.size:,} bytes'
