"""The study: scores → tables → figures → report.

run            the steps in order; steps: a step of every analysis, where one that fails keeps no other from running
what is compared     models, starts, training_domains, recordings, shown_images; study_data holds what could be had
scores         predictivity by sweeps
analyses/      a module for each section of the report: its tables, and figures of these
statistics     predictivity, domain_comparison, domain_and_seed, naturalness_correlation, multiple_testing, bootstrap
images         natural_scene_statistics, natural_scenes, naturalness (as published); control_domains makes domains to
               train controls on
filters        gabor, gabor_fit, filter_patterns, orientation_tuning, noise_threshold
activations    norms, distances, decoding
report         findings, saving, number_text, plotting, provenance, published_numbers, templates/
"""
