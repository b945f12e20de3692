"""The fixed question set, metrics, the runner, and benchmarks against baselines.

Nothing imports this package but its tests and, by name, the command line.
"""
