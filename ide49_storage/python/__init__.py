"""Where Python finds things: interpreters, kernels, packages, and what a plain ``pip install`` does.

``report`` has the answers. Observation: ``edge`` (processes with a deadline), ``ask`` (one interpreter), ``scan``
(site directories), ``kernelspecs``, ``examine``. The rest decides, from records and text alone.
"""
