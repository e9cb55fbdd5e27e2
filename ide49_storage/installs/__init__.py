"""One pip job: where it goes, what it will do, doing it, proving it, and losing nothing.

``policy`` decides what may be asked for and where it may go, ``planning`` what a job would change, ``pip`` starts
pip and reads what it says. ``run_job`` does a job in a process of its own that outlives the server
(``supervisor``); ``manager`` is what handlers and the command line call.
"""
