"""The plugins whose own tests run in the proof of what is submitted: those that a simulated benchmark needs."""

PROVEN = {'simulated_mouse', 'mouse_predictivity', 'mouse_metrics', 'mouse_rdm', 'noise_corrected_pls',
          'split_half_reliability', 'mouse_baselines', 'noise_corrected_ridge', 'mouse_cka', 'inter_animal_consistency'}
