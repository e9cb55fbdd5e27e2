"""What is wrong, and what to do: each check is one small function from ``Reports`` to findings.

``registry`` holds the checks, the ``check_*`` modules make them, ``gather`` observes what they read, ``docs``
writes a page for each. CONTRIBUTING.md says how to add one.
"""
