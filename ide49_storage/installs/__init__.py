"""One pip job: where it goes, what it will do, doing it, proving it, and losing nothing.

The decisions are pure (``requirements``, ``wheels``, ``output``, ``plan``, ``verdict``); the edges are
``target``, ``runner``, ``journal``, ``lock``, ``store``. A job runs in ``supervisor``, a process of its own
that outlives the server; ``service`` is what handlers and the command line call.
"""
