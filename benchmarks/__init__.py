"""The figures that the docs quote: `make bench`, or `python -m benchmarks.bench_NAME` for one."""
