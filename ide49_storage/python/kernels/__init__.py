"""Kernelspecs: where they are, what each starts, and whether Jupyter looks there."""
