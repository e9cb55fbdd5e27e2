"""``python -m ide49_storage`` is ``jupyter storage`` where scripts are not on PATH."""

from ide49_storage.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
