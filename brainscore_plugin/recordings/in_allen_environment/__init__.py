"""What scripts in AllenSDK's environment can import by its bare name; it needs NumPy, pandas and h5py alone."""
