"""Compares our responses with AllenSDK's own analysis, in its environment: python … PACKAGING_FOLDER SESSION.nwb"""
import json
import sys
import time

import numpy as np
from allensdk.brain_observatory.natural_scenes import NaturalScenes
from allensdk.core.brain_observatory_nwb_data_set import BrainObservatoryNwbDataSet

sys.path.insert(0, sys.argv[1])
from calcium_responses import mean_sweep_responses

analysis = NaturalScenes(BrainObservatoryNwbDataSet(sys.argv[2]))
traces, starts, sweep = analysis.celltraces, analysis.stim_table['start'].to_numpy(), analysis.sweeplength
start = time.perf_counter()
ours = mean_sweep_responses(traces, starts, sweep)
ours_took = time.perf_counter() - start
start = time.perf_counter()
theirs = analysis.mean_sweep_response.to_numpy()[:, :-1].astype(float)  # the last column is the running speed
theirs_took = time.perf_counter() - start
print(json.dumps({'difference': float(np.abs(ours - theirs).max()), 'ratio': theirs_took / ours_took,
                  'ours_s': ours_took, 'allensdk_s': theirs_took}))
