"""What is wrong, and what to do: each check is one small function from ``CheckInputs`` to findings.

``registry`` holds the checks, ``checks`` makes them, ``inputs`` observes what they read, ``docs`` writes a page
for each. CONTRIBUTING.md says how to add one.
"""
