"""How strongly networks respond to the same images (Prasad, Manor & Pereira 2022, section 3.1 and Fig. 3)."""
import numpy as np
import pandas as pd


def activation_norms(features: dict[str, dict[str, np.ndarray]]) -> pd.DataFrame:
    """Euclidean norm of every layer's activation by every image.

    Parameters
    ----------
    features : dict of str to dict of str to numpy.ndarray, shape (n_images, n_features)
        Model -> layer -> activations; all models have seen the same images in the same order.

    Returns
    -------
    pandas.DataFrame
        A row for each model, layer and image: model, layer, image (its number) and norm.
    """
    tables = [pd.DataFrame({'model': model, 'layer': layer, 'image': np.arange(len(values)),
                            'norm': np.linalg.norm(values, axis=1)})
              for model, layers in features.items() for layer, values in layers.items()]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=['model', 'layer', 'image', 'norm'])
