"""What is wrong, and what to do: each check is one small function from the reports that it reads to findings.

``registry`` holds the checks, ``checks`` has them by topic, ``inputs`` observes what they read, ``docs`` writes a page
for each. CONTRIBUTING.md says how to add one.
"""
