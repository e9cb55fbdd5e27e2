"""Where Python finds things: interpreters, kernels, packages, and what a plain ``pip install`` does.

``service`` has the answers. ``interpreter`` asks an interpreter what it is, ``kernels`` finds kernelspecs,
``site_packages`` reads folders of packages. The rest decides, from records and text alone.
"""
