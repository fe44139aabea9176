"""What scripts in AllenSDK's environment can import by its bare name: modules that need NumPy, pandas and h5py alone."""
