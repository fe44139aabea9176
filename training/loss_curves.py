"""Draws the loss curves that model cards hold: python -m training.loss_curves CARD.json … --out losses.png"""
import argparse
import json
from pathlib import Path

from matplotlib.figure import Figure

from .atomic import replacing


def draw_loss_curves(cards: list[dict], path: Path) -> None:
    """One line a model, of one colour for each domain: mean NT-Xent loss against epoch.

    Parameters
    ----------
    cards : list of dict
        Model cards, see :func:`~training.card.model_card`.
    path : pathlib.Path
        PNG file.

    Raises
    ------
    ValueError
        If a card holds no loss curve.
    """
    figure = Figure(figsize=(7, 4.5), layout='constrained')
    axes = figure.subplots()
    for card in cards:
        if not card['training'].get('loss'):
            raise ValueError(f"The card of '{card['name']}' holds no loss curve: its training is not known.")
    colours: dict[str, str] = {}
    for card in sorted(cards, key=lambda card: -card['training']['loss'][-1]):  # the legend as the curves end
        loss, domain = card['training']['loss'], card.get('data', {}).get('domain') or card['name']
        label = '' if domain in colours else domain
        colour = colours.setdefault(domain, f'C{len(colours) % 10}')
        axes.plot(range(1, len(loss) + 1), loss, color=colour, label=label, linewidth=.8)
    figure.legend(loc='outside right center', frameon=False)
    axes.set(xlabel='epoch', ylabel='NT-Xent loss', xscale='log', title='Training loss, mean of each epoch')
    axes.spines[['top', 'right']].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        figure.savefig(temporary, format='png', dpi=120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('cards', nargs='+', type=Path)
    parser.add_argument('--out', type=Path, required=True)
    chosen = parser.parse_args()
    draw_loss_curves([json.loads(card.read_text()) for card in chosen.cards], chosen.out)


if __name__ == '__main__':
    main()
